import {
  type Backup,
  type Database,
  type DurableKind,
  deleteDatabase,
  importDatabase,
  listBackups,
  type MigrationStatus,
  moveDatabase,
  type OpenOptions,
  open,
  type Progress,
  type Report,
  restoreBackup,
  type SqlParameters,
  type SqlRow,
  type Storage,
  type StorageChoice,
  type Transaction,
} from 'wheatear';
import { askedStorage, askForInstead } from './address.js';
import { readingsBeforeTemperature } from './readings.js';
import { insertReadings, type Source } from './weather-node.js';

/** What it is called. */
export const databaseName = 'weather';

const options: Pick<OpenOptions, 'migrations'> = {
  migrations: import.meta.glob('../../migrations/*.sql', { query: '?raw', import: 'default', eager: true }),
};

/** The schema that the station began with, before it measured temperature. */
export const firstVersion = '0001.create';

/** What the page wants to hear of. */
export interface WeatherListeners {
  onProgress(progress: Progress): void;
  /** Rows were changed, in this tab or in another one. */
  onChange(): void;
  /** Another tab holds the database now, or this one does. */
  onOwnerChange(): void;
  /** A newer version of the page, in another tab, has upgraded the database; nothing works here any more. */
  onSuperseded(): void;
}

/**
 * The weather database, open and with its schema brought up to date. What must not be done while it is open closes it
 * and opens it again, so whoever reads from it need not know.
 */
export class Weather implements Source {
  readonly #listeners: WeatherListeners;
  #database: Database;
  #isOpen = true;

  private constructor(database: Database, listeners: WeatherListeners) {
    this.#listeners = listeners;
    this.#database = database;
    this.#listen();
  }

  /** Opens it in the storage that the page's address asks for, and tells what that takes. */
  static async open(listeners: WeatherListeners): Promise<Weather> {
    return new Weather(await openLatest(listeners), listeners);
  }

  /** Whether it can be used: not once it could not be opened again. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What the latest opening did to the schema. */
  get report(): Report {
    return this.#database.report;
  }

  get storage(): Storage {
    return this.#database.storage;
  }

  /** What is open now; another one after each replacement. */
  get database(): Database {
    return this.#database;
  }

  /** Whether this tab holds the database for all others. */
  get isOwner(): boolean {
    return this.#database.isOwner;
  }

  query<Row = SqlRow>(sql: string, params?: SqlParameters): Promise<Row[]> {
    return this.#database.query<Row>(sql, params);
  }

  exec(script: string): Promise<void> {
    return this.#database.exec(script);
  }

  transaction<Result>(fn: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(fn);
  }

  status(): Promise<MigrationStatus[]> {
    return this.#database.status();
  }

  export(): Promise<Blob> {
    return this.#database.export();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** Replaces it by a file and upgrades that. If either fails, it is as it was before. */
  replaceBy(file: Blob, wal?: Blob): Promise<void> {
    return this.#replace(() => importDatabase(databaseName, file, { overwrite: true, ...(wal && { wal }) }));
  }

  /** Replaces it by a backup and upgrades that. If either fails, it is as it was before. */
  restore(backup: Backup): Promise<void> {
    return this.#replace(() => restoreBackup(backup.name));
  }

  /** Deletes it and begins anew with the schema that the station began with. If that fails, it is as it was before. */
  async startOver(): Promise<void> {
    const { kind } = this.storage;
    await this.#suspend();
    try {
      await startOverAsFirstVersion(kind);
    } catch (error) {
      await this.#resume();
      throw error;
    }
  }

  /** Moves it to another storage, where the page's address finds it from now on. */
  async moveTo(kind: DurableKind): Promise<void> {
    await this.#suspend();
    try {
      await moveWeather(kind);
    } finally {
      await this.#resume();
    }
  }

  async #replace(replacing: () => Promise<unknown>): Promise<void> {
    // However sound the new one is, if this page cannot upgrade it, it could not show it either: then this comes back.
    const before = await this.#database.export();
    await this.#suspend();
    let isReplaced = false;
    try {
      await replacing();
      isReplaced = true;
      await this.#resume();
    } catch (error) {
      if (isReplaced) await importDatabase(databaseName, before, { overwrite: true });
      await this.#resume();
      throw error;
    }
  }

  async #suspend(): Promise<void> {
    this.#isOpen = false;
    await this.#database.close();
  }

  async #resume(): Promise<void> {
    this.#database = await openLatest(this.#listeners);
    this.#isOpen = true;
    this.#listen();
  }

  #listen(): void {
    this.#database.addEventListener('change', () => this.#listeners.onChange());
    this.#listeners.onOwnerChange();
  }
}

/** Copies from before upgrades, the newest first. */
export function weatherBackups(): Promise<Backup[]> {
  return listBackups(databaseName);
}

/** Puts a backup in the place of the database, which must be closed. */
export async function restoreWeather(backup: Backup): Promise<void> {
  await restoreBackup(backup.name);
}

/** Moves the database, which must be closed, to another storage. */
export async function moveWeather(kind: DurableKind): Promise<void> {
  await moveDatabase(databaseName, kind);
  askForInstead(kind);
}

/** Replaces the database, which must be closed, by an old one: first version, a thousand rows. */
export async function startOverAsFirstVersion(storage: StorageChoice): Promise<void> {
  await deleteDatabase(databaseName);
  const database = await open(databaseName, { ...options, storage, target: firstVersion });
  try {
    await database.transaction((transaction) => insertReadings(transaction, readingsBeforeTemperature(1000)));
  } finally {
    await database.close();
  }
}

function openLatest({ onProgress, onOwnerChange, onSuperseded }: WeatherListeners): Promise<Database> {
  return open(databaseName, {
    ...options,
    storage: askedStorage(),
    backup: true,
    onProgress,
    onOwnerChange,
    onSuperseded,
  });
}
