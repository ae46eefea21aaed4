import type { Listeners } from './requests.js';

/** The registered media type: https://www.iana.org/assignments/media-types/application/vnd.sqlite3 */
const type = 'application/vnd.sqlite3';

/** Collects a file that comes in parts, perhaps again from the beginning. */
export async function receiveFile(
  send: (listeners: Required<Pick<Listeners, 'onPart' | 'onAgain'>>) => Promise<void>,
): Promise<Blob> {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  await send({
    onPart: (bytes) => parts.push(bytes),
    onAgain: () => {
      parts = [];
    },
  });
  return new Blob(parts, { type });
}
