import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cwd, env, exit, stdin, stdout } from 'node:process';

/** Codes that the program ends with, of which crates/cli/src/fault.rs says more. */
const exits = { data: 65, noInput: 66, cannotCreate: 73, io: 74, busy: 75 } as const;

/** Why something cannot be done, and what the program ends with. */
class HostError extends Error {
  constructor(
    readonly exit: number,
    message: string,
  ) {
    super(message);
  }
}

/** A file of a database, as it was read. */
interface ReadFile {
  readonly bytes: Uint8Array;
  /** `undefined` if there was none. */
  readonly stamp: string | undefined;
  readonly isInWalMode: boolean;
}

/** What a database may have beside it while somebody uses it, or after a crash. */
const companions = ['-wal', '-journal', '-shm'];

/** Where a database's header says that there may be a write-ahead log. Source: https://www.sqlite.org/fileformat.html */
const versions = { from: 18, to: 20, legacy: 1, wal: 2 } as const;

/** What Node.js does for the program: its files, its terminal, and databases, which are read and written whole. */
export class NodeFunctions {
  readonly #read = new Map<string, ReadFile>();

  workingFolder(): string {
    return cwd().replaceAll('\\', '/');
  }

  text(path: string): string | undefined {
    const bytes = orAbsent(() => readFileSync(path), path);
    if (!bytes) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new HostError(exits.data, `${path} is not text in UTF-8`);
    }
  }

  entries(folder: string): { name: string; isFolder: boolean }[] | undefined {
    const found = orAbsent(() => readdirSync(folder || '.', { withFileTypes: true }), folder);
    return found?.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  }

  write(path: string, text: string): void {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      throw new HostError(exits.cannotCreate, `${path} cannot be written: ${error}`);
    }
  }

  remove(path: string): void {
    try {
      rmSync(path);
    } catch (error) {
      throw new HostError(exits.io, `${path} cannot be removed: ${error}`);
    }
  }

  isThere(path: string): boolean {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  }

  stamp(path: string): string | undefined {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && `${found.size} ${found.mtimeNs} ${found.ino}`;
  }

  pause(): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }

  readDatabase(given: string, mayBeAbsent: boolean): Uint8Array {
    const path = fileAt(given);
    this.#requireAlone(path);
    const stamp = this.stamp(path);
    const bytes = orAbsent(() => new Uint8Array(readFileSync(path)), path) ?? new Uint8Array();
    if (stamp === undefined && !mayBeAbsent) throw new HostError(exits.noInput, `there is no database ${path}`);
    if (stamp === undefined && !existsSync(dirname(path)))
      throw new HostError(exits.noInput, `${path} cannot be made, for there is no such folder`);
    const isInWalMode = bytes[versions.from] === versions.wal;
    this.#read.set(path, { bytes, stamp, isInWalMode });
    // In memory there is no log, and none beside the file has anything in it.
    return isInWalMode ? bytes.slice().fill(versions.legacy, versions.from, versions.to) : bytes;
  }

  /** Writes a file beside it, and lets that take its place: a crash leaves one or the other. */
  writeDatabase(given: string, bytes: Uint8Array): void {
    const path = fileAt(given);
    const read = this.#read.get(path);
    this.#requireAlone(path);
    this.#requireUnchanged(path, read);
    if (read?.isInWalMode) bytes.fill(versions.wal, versions.from, versions.to);
    const beside = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
    try {
      const there = statSync(path, { throwIfNoEntry: false });
      const file = openSync(beside, 'wx', 0o666);
      try {
        if (there) keepRights(file, there);
        let written = 0;
        while (written < bytes.length) written += writeSync(file, bytes, written);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      // Once more: writing takes a while.
      this.#requireAlone(path);
      this.#requireUnchanged(path, read);
      renameSync(beside, path);
      syncFolder(dirname(path));
    } catch (error) {
      rmSync(beside, { force: true });
      if (error instanceof HostError) throw error;
      throw new HostError(exits.io, `${path} cannot be written, and is as it was: ${error}`);
    }
  }

  print(text: string): void {
    write(1, text);
  }

  complain(text: string): void {
    write(2, text);
  }

  isTerminal(): boolean {
    return stdin.isTTY === true && stdout.isTTY === true;
  }

  ask(question: string): string | undefined {
    this.print(question);
    const byte = new Uint8Array(1);
    const line: number[] = [];
    try {
      while (readSync(0, byte) === 1 && byte[0] !== 10) line.push(byte[0] ?? 0);
    } catch {
      return undefined;
    }
    return new TextDecoder().decode(new Uint8Array(line)).trim();
  }

  variable(name: string): string | undefined {
    return env[name] || undefined;
  }

  edit(editor: string, path: string): void {
    const [program = '', ...words] = editor.split(/\s+/);
    const { error } = spawnSync(program, [...words, path], { stdio: 'inherit' });
    if (error) throw new HostError(exits.io, `the editor ${editor} cannot be started: ${error.message}`);
  }

  /** Locks of other processes cannot be seen from here, but what they leave beside the file can. */
  #requireAlone(path: string): void {
    const beside = companions.map((end) => path + end);
    const inUse = beside.find((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0);
    if (inUse === undefined) return;
    const why = `${inUse} lies beside it, so another program has it open, or had when it crashed`;
    throw new HostError(exits.busy, `${path} is in use: ${why}; close that, or open it once with the sqlite3 shell`);
  }

  #requireUnchanged(path: string, read: ReadFile | undefined): void {
    if (this.stamp(path) === read?.stamp) {
      const bytes = read?.stamp === undefined ? undefined : readFileSync(path);
      if (!bytes || (read && bytes.equals(read.bytes))) return;
    }
    throw new HostError(exits.busy, `${path} was changed by another program meanwhile; nothing was written, try again`);
  }
}

/**
 * Where a database is that may be behind a link: what takes its place must not take that of the link, nor of what is no file.
 */
function fileAt(path: string): string {
  const file = orAbsent(() => realpathSync(path), path) ?? path;
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
    throw new HostError(exits.noInput, `${path} is no file, and so no database`);
  return file;
}

/** What is read, or `undefined` if there is nothing of that name. */
function orAbsent<Read>(read: () => Read, path: string): Read | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new HostError(exits.io, `${path} cannot be read: ${error}`);
  }
}

/** All of a text, also where a pipe takes it in parts. Whoever reads may have read enough. */
function write(file: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(file, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE' || file === 2) return;
      if (code !== 'EAGAIN') {
        write(2, `error: standard output cannot be written: ${error}\n`);
        exit(exits.io);
      }
    }
  }
}

/** What takes a file's place has its mode, and its owner, if this user may say so. */
function keepRights(file: number, { mode, uid, gid }: Stats): void {
  fchmodSync(file, mode & 0o7777);
  try {
    fchownSync(file, uid, gid);
  } catch {
    // A file of somebody else can be replaced only by one of one's own.
  }
}

/** Makes a new name last. Not every system lets a folder be opened. */
function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, 'r');
    fsyncSync(file);
    closeSync(file);
  } catch {
    // The file itself is on the disk, under one name or the other.
  }
}
