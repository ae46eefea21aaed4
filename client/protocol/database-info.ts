import type { Storage } from './storage-kind.js';

/** What a worker knows of the database that it has open. */
export interface StoredInfo {
  /** Size of the database, in bytes. */
  readonly size: number;
  /** Size of a page, in bytes. */
  readonly pageSize: number;
  /** How many pages hold nothing, and are used before the database grows; `VACUUM` gives them back. */
  readonly freePages: number;
  /** Id of the newest migration that is applied; `null` when none is. */
  readonly version: string | null;
  /** The SQLite in the module. */
  readonly sqlite: {
    /** Such as `3.54.1`. */
    readonly version: string;
    /** What it was compiled with, such as `ENABLE_MATH_FUNCTIONS`. Source: https://www.sqlite.org/compile.html */
    readonly options: readonly string[];
  };
}

/** What is to be known of an open database. */
export interface DatabaseInfo extends StoredInfo {
  /** Where it lives, and whether the browser has promised to keep it, as of now. */
  readonly storage: Storage;
  /** Whether the worker of this tab holds it. */
  readonly isOwner: boolean;
  /** How many bytes this site may still store, as far as the browser tells; `null` where it does not. */
  readonly room: number | null;
}
