import type { StorageAnswer } from '../protocol/storage-answer.js';
import { askStorage } from '../storage/ask-storage.js';
import { rootFolder } from '../storage/opfs.js';

/**
 * Sees whether this worker can keep files: opens one, writes, flushes, reads, closes and deletes it. Functions may
 * be there and yet refuse, as in private windows of Firefox.
 */
export function probeOpfs(): Promise<StorageAnswer<true>> {
  return askStorage('OPFS', keepByte);
}

async function keepByte(): Promise<true> {
  const root = await rootFolder(true);
  const name = `probe.${crypto.randomUUID()}`;
  if (!root) throw new DOMException('its folder could not be created', 'NotFoundError');
  // What is imported takes its place by its name.
  if (!('move' in FileSystemFileHandle.prototype)) throw new Error('FileSystemFileHandle.move is missing');
  const file = await root.getFileHandle(name, { create: true });
  try {
    const handle = await file.createSyncAccessHandle();
    try {
      handle.write(Uint8Array.of(42), { at: 0 });
      handle.flush();
      const read = new Uint8Array(1);
      handle.read(read, { at: 0 });
      if (read[0] !== 42) throw new DOMException('a file did not keep what was written to it', 'DataError');
    } finally {
      handle.close();
    }
  } finally {
    await root.removeEntry(name);
  }
  return true;
}
