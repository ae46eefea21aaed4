import { FileBuilder } from '../storage/file-builder.js';
import type { Listeners } from './requests.js';

/** Collects a file that comes in parts, perhaps again from the beginning. */
export async function receiveFile(
  send: (listeners: Required<Pick<Listeners, 'onPart' | 'onAgain'>>) => Promise<void>,
): Promise<Blob> {
  let file = new FileBuilder();
  await send({
    onPart: (bytes) => file.add(bytes),
    onAgain: () => {
      file = new FileBuilder();
    },
  });
  return file.finish();
}
