import { rootFolder } from './opfs.js';
import { openSync } from './sync-access-handle.js';

/**
 * Sees whether this worker can keep files: opens one, writes, flushes, reads, closes and deletes it. Functions may
 * be there and yet refuse, as in private windows of Firefox.
 *
 * @returns why it cannot, or `undefined` if it can.
 */
export async function probeOpfs(): Promise<string | undefined> {
  try {
    const root = await rootFolder(true);
    const name = `probe.${crypto.randomUUID()}`;
    if (!root) return 'its folder could not be created';
    const file = await root.getFileHandle(name, { create: true });
    try {
      const handle = await openSync(file);
      try {
        handle.write(Uint8Array.of(42), { at: 0 });
        handle.flush();
        const read = new Uint8Array(1);
        handle.read(read, { at: 0 });
        if (read[0] !== 42) return 'a file did not keep what was written to it';
      } finally {
        handle.close();
      }
    } finally {
      await root.removeEntry(name);
    }
    return undefined;
  } catch (error) {
    return String(error);
  }
}
