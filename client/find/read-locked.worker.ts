// A worker, for only there a file can be opened so that nobody else has it open.

import type { ReadAnswer, ReadRequest } from './read-locked.js';

/** How much is read at once, in bytes. */
const step = 1 << 24;

addEventListener('message', async ({ data }: MessageEvent<ReadRequest>) => {
  postMessage(await read(data).catch(failure));
});

async function read({ path, start }: ReadRequest): Promise<ReadAnswer> {
  let folder = await navigator.storage.getDirectory();
  for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
  const file = await folder.getFileHandle(path.at(-1) ?? '');
  const handle = await file.createSyncAccessHandle();
  try {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let at = start; at < handle.getSize(); at += step) {
      const part = new Uint8Array(Math.min(step, handle.getSize() - at));
      handle.read(part, { at });
      parts.push(part);
    }
    return { content: new Blob(parts) };
  } finally {
    handle.close();
  }
}

function failure(error: unknown): ReadAnswer {
  return { failure: error instanceof DOMException ? error.name : '', message: String(error) };
}
