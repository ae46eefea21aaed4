// The header that each file of a pool has, in front of what SQLite has stored in it. The pool of the SQLite project's own
// module was made after wa-sqlite's, and only the digest is another one. Sources: https://sqlite.org/wasm/doc/trunk/persistence.md,
// https://github.com/rhashimoto/wa-sqlite (AccessHandlePoolVFS)

/** What is read of a file to see whether it is one of a pool. */
export const headerSize = 524;

/** Where what SQLite has stored begins. */
export const contentOffset = 4096;

const pathSize = 512;
const corpusSize = 516;

/** Flags by which SQLite opens the file of a database (`SQLITE_OPEN_MAIN_DB`), and by which one digest is told from none. */
const mainDatabase = 0x100;
const hasDigest = 0x80;

/** A file of a pool. */
export interface Pooled {
  /** The path that the library has for it, without a slash in front. */
  readonly path: string;
  /** Whether it is a database, and not what SQLite keeps beside one. */
  readonly isDatabase: boolean;
}

/** What a file's first bytes say; `undefined` if it belongs to no pool, or is not in use. */
export function pooledFile(header: Uint8Array): Pooled | undefined {
  if (header.length < headerSize || header[0] === 0) return undefined;
  const view = new DataView(header.buffer, header.byteOffset);
  const flags = view.getUint32(pathSize);
  const digest = [view.getUint32(corpusSize, true), view.getUint32(corpusSize + 4, true)];
  const corpus = header.subarray(0, corpusSize);
  const isDigest = (expected: readonly number[]) => expected.every((half, at) => half === digest[at]);
  const ofModule = flags & hasDigest ? hashed(corpus, 104729) : [0, 0];
  if (!isDigest(ofModule.map((half) => half >>> 0)) && !isDigest(mixed(hashed(corpus, 1597334677)))) return undefined;
  const end = header.indexOf(0);
  const path = new TextDecoder().decode(header.subarray(0, Math.min(end, pathSize)));
  return { path: path.replace(/^\/+/, ''), isDatabase: (flags & mainDatabase) !== 0 };
}

/** Two sums over the bytes, each with a factor of its own. */
function hashed(bytes: Uint8Array, factor: number): [number, number] {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 2654435761);
    other = Math.imul(other ^ byte, factor);
  }
  return [one, other];
}

/** How wa-sqlite mixes the two. */
function mixed([one, other]: [number, number]): [number, number] {
  const step = (half: number, shift: number, factor: number) => Math.imul(half ^ (half >>> shift), factor);
  const first = step(one, 16, 2246822507) ^ step(other, 13, 3266489909);
  const second = step(other, 16, 2246822507) ^ step(first, 13, 3266489909);
  return [first >>> 0, second >>> 0];
}
