import { DefinitionError } from '../protocol/errors.js';
import type { MigrationSource } from '../protocol/migration-source.js';
import { within } from '../storage/time-limit.js';
import type { FileSource } from './file-source.js';
import { fileOf } from './initial-file.js';
import { kindOf } from './kind-of.js';
import { type Migrations, someMigrations, sourceOf } from './migrations.js';
import { aBoolean, aFileOrFunction, aFunction, checkOptions, invalidOption, type OptionRule } from './option-rules.js';

/**
 * Migrations that are loaded only if a database needs them: a visit with nothing to do neither downloads nor reads any SQL.
 *
 * ```ts
 * const migrations = {
 *   digest: '5d3c…', // 64 digits
 *   load: async () => (await import('./migrations.js')).migrations,
 * };
 * ```
 */
export interface LazyMigrations {
  /** The digest of the set. What `load` gives is compared with it, and an error says which it should be. */
  readonly digest: string;
  /**
   * Gives the migrations, within a minute. Called for a new database, for one that has applied others, with a `target`, where
   * a tab of another build has the database, and for what needs their SQL, such as `plan`.
   */
  readonly load: () => Migrations | Promise<Migrations>;
  /**
   * What a new database begins as, instead of loading them and running one after the other: a file that was made of them
   * when the application was built, compressed by `gzip` or not; its address, or a function that gives either. It has the
   * same schema and rows. If it cannot be had, or is of other migrations, they are loaded.
   */
  readonly image?: FileSource | undefined;
  /**
   * Whether they are still being written: then the option `edited` is `reapply` and `ahead` is `rollback`, unless the page says
   * otherwise. A build plugin sets it while it serves, and nobody for users.
   */
  readonly develop?: boolean | undefined;
}

export function isLazy(migrations: Migrations | LazyMigrations): migrations is LazyMigrations {
  return 'load' in migrations && typeof migrations.load === 'function';
}

/** How long the functions may take, in milliseconds, because other tabs may have to wait for them. */
const loadLimit = 60_000;

const aDigest: OptionRule = {
  words: 'a string of 64 hexadecimal digits',
  fits: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
};

const rules = {
  digest: { ...aDigest, isRequired: true },
  load: aFunction,
  image: aFileOrFunction,
  develop: aBoolean,
} satisfies Record<keyof LazyMigrations, OptionRule>;

/** The migrations of one tab, which loads them once. */
export class LazySource {
  readonly digest: string;
  readonly #image: LazyMigrations['image'];
  readonly #load: LazyMigrations['load'];
  readonly #tryOut: boolean;
  #loading: Promise<MigrationSource> | undefined;

  /** @throws {DefinitionError} `invalid_option`: a part of them is not what it must be */
  constructor(migrations: LazyMigrations, tryOut: boolean) {
    checkOptions(migrations, rules);
    const { digest, load, image } = migrations;
    this.digest = digest;
    this.#image = image;
    this.#load = load;
    this.#tryOut = tryOut;
  }

  /**
   * What is loaded. What fails, as when there is no network, is tried again the next time.
   *
   * @throws {DefinitionError} `no_migrations`, with what the function has thrown as its cause; `invalid_option`: it gave
   * something else
   */
  load(): Promise<MigrationSource> {
    this.#loading ??= this.#loaded().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** The file that a new database can begin as, if it can be had. */
  async image(signal: AbortSignal | undefined): Promise<Blob | undefined> {
    if (this.#image === undefined) return undefined;
    try {
      return (await within(loadLimit, 'it', fileOf(this.#image, signal))).file;
    } catch {
      return undefined;
    }
  }

  async #loaded(): Promise<MigrationSource> {
    let migrations: Migrations;
    try {
      migrations = await within(loadLimit, 'it', Promise.resolve(this.#load()));
    } catch (cause) {
      const message = `The migrations are needed, and the function load of the option migrations has failed: ${cause}. If a newer build was deployed meanwhile, reload the page.`;
      throw new DefinitionError({ code: 'no_migrations', message }, { cause });
    }
    if (someMigrations.fits(migrations)) return sourceOf(migrations, this.#tryOut);
    throw invalidOption(
      `The function load of the option migrations must give ${someMigrations.words}, not ${kindOf(migrations)}.`,
    );
  }
}
