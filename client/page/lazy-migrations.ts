import { DefinitionError } from '../protocol/errors.js';
import type { MigrationSource } from '../protocol/migration-source.js';
import { within } from '../storage/time-limit.js';
import { kindOf } from './kind-of.js';
import { type Migrations, someMigrations, sourceOf } from './migrations.js';
import { invalidOption } from './option-rules.js';

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
}

export function isLazy(migrations: Migrations | LazyMigrations): migrations is LazyMigrations {
  return 'load' in migrations && typeof migrations.load === 'function';
}

/** How long the function may take, in milliseconds, because other tabs may have to wait for it. */
const loadLimit = 60_000;

/** The migrations of one tab, which loads them once. */
export class LazySource {
  readonly digest: string;
  readonly #load: LazyMigrations['load'];
  readonly #tryOut: boolean;
  #loading: Promise<MigrationSource> | undefined;

  /** @throws {DefinitionError} `invalid_option`: the digest is none */
  constructor({ digest, load }: LazyMigrations, tryOut: boolean) {
    if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) {
      throw invalidOption(
        `In the option migrations, digest must be a string of 64 hexadecimal digits, not ${kindOf(digest)}; any will do at first, for an error says which it should be.`,
      );
    }
    this.digest = digest;
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
