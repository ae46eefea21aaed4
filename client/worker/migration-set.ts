import type { ErrorData } from '../protocol/errors.js';
import type { AnnouncedSet, MigrationSet } from '../protocol/migration-set.js';
import type { MigrationSource } from '../protocol/migration-source.js';
import { codeObjects } from './code-steps.js';
import type { Migrations, WheatearModule } from './module.js';
import type { ServeOptions } from './serve-options.js';

/** The migrations of a worker: those that its page gives, or else those that its module carries. */
export class OwnMigrations {
  readonly #module: WheatearModule;
  readonly #options: ServeOptions;
  #source: MigrationSource | undefined;
  #set: Migrations | undefined;
  #described: MigrationSet | undefined;
  /** The digest that the page has announced. */
  #digest: string | undefined;

  constructor(module: WheatearModule, options: ServeOptions) {
    this.#module = module;
    this.#options = options;
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
    const set = setOf(this.#module, this.#source, this.#options);
    const { digest } = set.describe();
    if (this.#digest === undefined || this.#digest === digest) return set;
    const message = `In the option migrations, digest is ${JSON.stringify(this.#digest)}, and what load gives has the digest ${JSON.stringify(digest)}: write that, or load the migrations that it is of.`;
    throw invalidOption(message);
  }
}

/** Makes the set: of what the page gives and the worker's script adds in code, or of what the module carries. */
export function setOf(
  module: WheatearModule,
  source: MigrationSource | undefined,
  options: ServeOptions = {},
): Migrations {
  const code = options.code === undefined ? undefined : codeObjects(options.code);
  if (source === undefined) {
    if (module.migrations) {
      if (!code?.length) return module.migrations();
      throw invalidOption(
        'The module of this worker carries its migrations, and cannot take code from serve: write it in Rust, beside the folder in migrations!, or give the migrations to open.',
      );
    }
    throw none('the option migrations of open must have them, for the module of its worker has none');
  }
  const { files, sql = [], tryOut } = source;
  const { setOfFiles, setOfSql } = module;
  if (!setOfFiles || !setOfSql) {
    throw none('the module of the worker takes none from open; leave one of its options worker and migrations out');
  }
  if (!files) return setOfSql([...sql], tryOut, code);
  return setOfFiles(
    files.map(([path]) => path),
    files.map(([, text]) => text),
    tryOut,
    code,
  );
}

function invalidOption(message: string): ErrorData {
  return { class: 'DefinitionError', code: 'invalid_option', message };
}

function none(reason: string): ErrorData {
  return { class: 'DefinitionError', code: 'no_migrations', message: `There are no migrations: ${reason}.` };
}
