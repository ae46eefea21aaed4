import { ConnectionError } from '../protocol/errors.js';

/** The error of whoever waits for a worker that cannot be used, or not any more. */
export function workerFailed(cause: string): ConnectionError {
  return new ConnectionError({ code: 'worker_failed', message: `The database worker failed: ${cause}` });
}
