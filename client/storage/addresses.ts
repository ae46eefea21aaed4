// Every name by which the outside world knows a database of this origin. They outlive a release: under another one an old
// database would not be found, and two versions of Wheatear would not see that both are at work. tests/client pins them.

import type { ClientId } from '../protocol/ids.js';
import { protocolVersion } from '../protocol/version.js';

/** The lock of whoever may touch the database: the same in all versions, for two of them must not do that at once either. */
export const lockOf = (database: string) => `wheatear:${database}`;

/** The key in the page's local storage under which it is noted where the database lives. */
export const hintOf = (database: string) => `wheatear:${database}`;

/** What stands behind the kind there, if the database held something. */
export const filledMark = ':filled';

const indexedDbPrefix = 'wheatear/';

/** The database of IndexedDB that holds the blocks. */
export const indexedDbOf = (database: string) => indexedDbPrefix + database;

/** The version of its object stores. */
export const indexedDbVersion = 1;

/**
 * Its object stores. `file` has one record, under `fileKey`; `blocks` are keyed by index, `backups` by name, and
 * `backupBlocks` by [backup, index]. No backup has the name `stagedName`: there a file that comes in parts waits until it is
 * whole.
 */
export const objectStores = ['file', 'blocks', 'backups', 'backupBlocks'] as const;
export const fileKey = 'main';
export const stagedName = '';

/** The database whose blocks are in this one of IndexedDB; `undefined` if it is none of ours. */
export function databaseOfIndexedDb(name: string | undefined): string | undefined {
  return name?.startsWith(indexedDbPrefix) ? name.slice(indexedDbPrefix.length) : undefined;
}

/** Folder of the origin's private file system that holds all that is ours; src/storage/opfs/folder.rs has the same. */
export const rootFolderName = 'wheatear';

/**
 * The database as a folder within that: all but lower-case ASCII letters, digits, `-` and `_` is percent-encoded, as in
 * src/storage/name.rs. It never has a dot, so what has one is no database.
 */
export function folderOf(database: string): string {
  const encode = (byte: number) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  };
  return Array.from(new TextEncoder().encode(database), encode).join('');
}

/** The database whose folder this is; `undefined` if it is none of ours. */
export function databaseOfFolder(folder: string): string | undefined {
  try {
    const database = decodeURIComponent(folder);
    return folderOf(database) === folder ? database : undefined;
  } catch {
    return undefined;
  }
}

/** The file beside that folder that is there while the database is being moved to or from it. */
export const movingMarkOf = (database: string) => `${folderOf(database)}.moving`;

/** The folder beside that folder that holds the database's backups. */
export const backupsFolderOf = (database: string) => `${folderOf(database)}.backups`;

/** A backup as a file in that folder: when it was made, in milliseconds since 1970, and the version that it is of. */
export const backupFileOf = (createdAt: number, version: string) => `${createdAt}.${encodeURIComponent(version)}`;

/** The backup whose file this is; `undefined` if it is none of ours. */
export function backupOfFile(file: string): { createdAt: number; version: string } | undefined {
  const [, createdAt, version] = /^(\d+)\.(.*)$/.exec(file) ?? [];
  return version === undefined ? undefined : { createdAt: Number(createdAt), version: decodeURIComponent(version) };
}

// What tabs call each other by has the protocol's version in it: those that would misunderstand each other never meet.
const ofProtocol = (version: number | string, kind: string, name: string) => `wheatear/${version}/${kind}/${name}`;

/** The channel that every tab of a database listens to. */
export const lobbyOf = (database: string) => ofProtocol(protocolVersion, 'lobby', database);

/** The channel between one tab and the owner's worker. Big results pass through it, and through no other tab. */
export const channelOf = (client: ClientId) => ofProtocol(protocolVersion, 'client', client);

/** The lock that a tab, or a worker, holds as long as it lives. */
export const lifeOf = (client: ClientId) => ofProtocol(protocolVersion, 'life', client);

/** The lock that the owner of a database holds beside `lockOf`, so that others see that it answers. */
export const ownerMarkOf = (database: string) => ofProtocol(protocolVersion, 'owner', database);

/** The protocol version of an owner whose mark this is; `undefined` if it is no mark of this database. */
export function versionOfMark(lock: string | undefined, database: string): number | undefined {
  const [, version] = /^wheatear\/(\d+)\/owner\//.exec(lock ?? '') ?? [];
  return version !== undefined && lock === ofProtocol(version, 'owner', database) ? Number(version) : undefined;
}
