import { StorageError } from '../protocol/errors.js';
import { storageError } from '../storage/storage-error.js';

/** What the worker is asked for: a file, folder by folder, and where in it to begin. */
export interface ReadRequest {
  readonly path: readonly string[];
  readonly start: number;
}

/** What it answers; a failure by the name of its exception. */
export type ReadAnswer = { readonly content: Blob } | { readonly failure: string; readonly message: string };

/**
 * What is in a file of the private file system while nobody else has it open: only a worker can see to that.
 *
 * @param name what an error calls it
 * @throws {StorageError} `storage_busy`, `no_such_database`, `storage_io`
 */
export async function readLocked(path: readonly string[], start: number, name: string): Promise<Blob> {
  const worker = new Worker(new URL('./read-locked.worker.js', import.meta.url), { type: 'module' });
  try {
    const answer = await new Promise<ReadAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message || `the worker beside ${import.meta.url} could not be loaded`));
      };
      worker.postMessage({ path, start } satisfies ReadRequest);
    });
    if ('content' in answer) return answer.content;
    throw failed(answer, name);
  } catch (error) {
    throw storageError(error, 'OPFS');
  } finally {
    worker.terminate();
  }
}

function failed({ failure, message }: Exclude<ReadAnswer, { content: Blob }>, name: string): unknown {
  const what = JSON.stringify(name);
  if (/NoModificationAllowed|InvalidState/.test(failure)) {
    const told = `${what} is open, such as in another tab, or the pool that it is in is; close it there and try again (${message}).`;
    return new StorageError({ code: 'storage_busy', message: told });
  }
  if (failure === 'NotFoundError') {
    return new StorageError({ code: 'no_such_database', message: `${what} is not there any more.` });
  }
  return new DOMException(message, failure);
}
