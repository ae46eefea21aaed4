import { folderOf } from '../storage/addresses.js';
import { deletedWhileOpen } from '../storage/deleted.js';
import { found, rootFolder, throwOpfsError } from '../storage/opfs.js';
import { CommitLost } from './commit-lost.js';

/** Short for whoever clears data, and so long that looking costs a busy database nothing, in milliseconds. */
const trusted = 100;

/** The files of a database were deleted while it was open. */
export class Deleted extends CommitLost {
  constructor(name: string) {
    super(deletedWhileOpen(name));
  }
}

/**
 * The files of an open database, in a worker. A browser whose user clears the data of a site deletes them whether or not
 * somebody has them open, and who has goes on writing without an error (Chromium 156): so they must be looked for.
 */
export class OpfsFiles {
  readonly #name: string;
  /** None if the browser cannot tell. */
  readonly #files: Promise<readonly (readonly [FileSystemDirectoryHandle, string])[]>;
  #seenAt = performance.now();

  /** Those of a database that has just been opened. */
  constructor(name: string) {
    this.#name = name;
    this.#files = filesOf(name).catch(() => []);
  }

  /**
   * Looks whether they are there.
   *
   * @param age for how long those that were seen are taken to be there, in milliseconds
   * @throws {Deleted}
   * @throws {WheatearError} the browser cannot tell
   */
  async require(age: number = trusted): Promise<void> {
    if (performance.now() - this.#seenAt < age) return;
    const files = await this.#files;
    if (files.length === 0) return;
    for (const [folder, file] of files) {
      // Their names are random: none is one of another database that has this name by now.
      if (await found(folder.getFileHandle(file)).catch(throwOpfsError)) {
        this.#seenAt = performance.now();
        return;
      }
    }
    throw new Deleted(this.#name);
  }
}

async function filesOf(name: string): Promise<[FileSystemDirectoryHandle, string][]> {
  const folder = await found((await rootFolder(false))?.getDirectoryHandle(folderOf(name)));
  const files: [FileSystemDirectoryHandle, string][] = [];
  if (folder) for await (const file of folder.keys()) files.push([folder, file]);
  return files;
}
