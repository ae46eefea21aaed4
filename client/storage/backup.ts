import type { DurableKind } from '../protocol/storage-kind.js';

/** A copy of a database from before an upgrade. */
export interface Backup {
  /** Such as `weather@0001.create`: the database, and the newest migration it had. */
  readonly name: string;
  /** Name of the database that it was made of. */
  readonly database: string;
  readonly storage: DurableKind;
  /** Size of the file, in bytes. */
  readonly size: number;
  readonly createdAt: Date;
}

/** How many backups of a database are kept when nothing else was asked for. */
export const backupsKept = 3;

/** Longest version in a name once it is percent-encoded: the file system's limit is 255 bytes for all of it. */
const maxVersion = 200;

/** The name of the backup of a database whose newest migration is `version`; `null`: it has none. */
export function backupName(database: string, version: string | null): string {
  let characters = [...(version ?? 'none')];
  while (encodeURIComponent(characters.join('')).length > maxVersion) characters = characters.slice(0, -1);
  return `${database}@${characters.join('')}`;
}

/** When a new backup is made, in milliseconds since 1970: after all others, even if the clock was set back. */
export function laterThan(others: readonly { readonly createdAt: number }[]): number {
  return Math.max(Date.now(), ...others.map(({ createdAt }) => createdAt + 1));
}

/** Which databases a backup of this name can be of: names may contain what separates the parts. */
export function possibleDatabases(backup: string): string[] {
  const ends = [...backup.matchAll(/@/g)].map(({ index }) => index);
  return ends.map((end) => backup.slice(0, end)).filter((name) => name !== '');
}
