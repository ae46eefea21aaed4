import type { ErrorData } from '../protocol/errors.js';
import type { AnnouncedSet, MigrationSet } from '../protocol/migration-set.js';
import type { MigrationSource } from '../protocol/migration-source.js';
import { codeObjects } from './code-steps.js';
import { invalidOption } from './invalid-option.js';
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

  /** Whether the worker's script adds some in code, of which an image that the page has knows nothing. */
  get hasCode(): boolean {
    return this.#options.code !== undefined;
  }

  /** The digest of the set, if the page has not said more of it yet. */
  get announced(): string | undefined {
    return this.#set ? undefined : this.#digest;
  }

  /**
   * Takes in what the page says of them: its set, or the digest of one that is to come.
   *
   * @throws ErrorData of what is wrong with them, or `no_migrations`
   */
  take(source: MigrationSource | AnnouncedSet | undefined): MigrationSet | AnnouncedSet {
    if (source && 'digest' in source) {
      this.#digest = source.digest;
      return source;
    }
    if (this.#digest === undefined) this.#source = source;
    return this.supply(source);
  }

  /**
   * Takes in the set that was announced; one that is there already stays.
   *
   * @throws ErrorData as `take`; also if it is of another digest, and then nothing is taken in.
   */
  supply(source: MigrationSource | undefined): MigrationSet {
    if (!this.#set || !this.#described) {
      const set = this.of(source);
      const described = set.describe();
      if (this.#digest !== undefined && this.#digest !== described.digest) {
        const [announced, found] = [this.#digest, described.digest].map((digest) => JSON.stringify(digest));
        throw invalidOption(
          `In the option migrations, digest is ${announced}, and what load gives has the digest ${found}: write that, or load the migrations that it is of.`,
        );
      }
      [this.#set, this.#described] = [set, described];
    }
    return this.#described;
  }

  /**
   * Sees, before anything is created, whether something is wrong with them; with those that are to come that is seen later.
   *
   * @throws ErrorData as `take`
   */
  check(): void {
    if (this.announced === undefined) this.supply(this.#source);
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
    if (!this.#set) this.supply(this.#source);
    return this.#set as Migrations;
  }

  /** The set of a page, whoever has it. */
  of(source: MigrationSource | undefined): Migrations {
    return setOf(this.#module, source, this.#options);
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

function none(reason: string): ErrorData {
  return { class: 'DefinitionError', code: 'no_migrations', message: `There are no migrations: ${reason}.` };
}
