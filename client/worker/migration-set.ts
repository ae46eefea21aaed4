import type { ErrorData } from '../protocol/errors.js';
import type { AnnouncedSet, MigrationSet } from '../protocol/migration-set.js';
import type { MigrationSource } from '../protocol/migration-source.js';
import type { Migrations, WheatearModule } from './module.js';

/** The migrations of a worker: those that its page gives, or else those that its module carries. */
export class OwnMigrations {
  readonly #module: WheatearModule;
  #source: MigrationSource | undefined;
  #set: Migrations | undefined;
  #described: MigrationSet | undefined;
  /** The digest that the page has announced. */
  #digest: string | undefined;

  constructor(module: WheatearModule) {
    this.#module = module;
  }

  /** The digest of the set, if the page has not said more of it yet. */
  get announced(): string | undefined {
    return this.#source || this.#set ? undefined : this.#digest;
  }

  /**
   * Takes in what the page says of them: a set that was announced is compared with that.
   *
   * @throws ErrorData of what is wrong with them, or `no_migrations`
   */
  take(source: MigrationSource | AnnouncedSet | undefined): MigrationSet | AnnouncedSet {
    if (!source || !('digest' in source)) return this.supply(source);
    this.#digest = source.digest;
    return source;
  }

  /** The same of a set that is there; if it is there already, that stays. */
  supply(source: MigrationSource | undefined): MigrationSet {
    if (!this.#set) this.#source = source;
    this.#described ??= this.set.describe();
    return this.#described;
  }

  /** What is known of them. */
  get build(): MigrationSet | AnnouncedSet {
    return this.announced === undefined ? this.supply(this.#source) : { digest: this.announced };
  }

  /**
   * The set. Throws what is wrong with it to whoever asks.
   *
   * @throws ErrorData as `take`
   */
  get set(): Migrations {
    this.#set ??= this.#made();
    return this.#set;
  }

  #made(): Migrations {
    const set = setOf(this.#module, this.#source);
    const { digest } = set.describe();
    if (this.#digest === undefined || this.#digest === digest) return set;
    const message = `In the option migrations, digest is ${JSON.stringify(this.#digest)}, and what load gives has the digest ${JSON.stringify(digest)}: write that, or load the migrations that it is of.`;
    throw { class: 'DefinitionError', code: 'invalid_option', message } satisfies ErrorData;
  }
}

/** Makes the set: of what the page gives, or of what the module carries. */
export function setOf(module: WheatearModule, source: MigrationSource | undefined): Migrations {
  if (source === undefined) {
    if (module.migrations) return module.migrations();
    throw none('the option migrations of open must have them, for the module of its worker has none');
  }
  const { files, sql = [], tryOut } = source;
  const { setOfFiles, setOfSql } = module;
  if (!setOfFiles || !setOfSql) {
    throw none('the module of the worker takes none from open; leave one of its options worker and migrations out');
  }
  if (!files) return setOfSql([...sql], tryOut);
  return setOfFiles(
    files.map(([path]) => path),
    files.map(([, text]) => text),
    tryOut,
  );
}

function none(reason: string): ErrorData {
  return { class: 'DefinitionError', code: 'no_migrations', message: `There are no migrations: ${reason}.` };
}
