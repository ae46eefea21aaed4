// What becomes of a request whose answer will not come, because the owner of the database is gone: its tab was closed, its
// worker has died, or its page is in the back/forward cache.

import { ConnectionError } from '../protocol/errors.js';
import type { Request } from '../protocol/messages.js';
import { isRepeatable, plainlyRead, transactionOf } from '../protocol/operations.js';

/** How far a request had come. */
export interface Progressed {
  /** Whether it was sent, and something that the owner said may not have arrived: perhaps that it has begun this one. */
  readonly mayBeBegun: boolean;
  /** Whether the owner has said that it begins it, which it says only of what must not be done twice. */
  readonly isAccepted: boolean;
}

/**
 * What whoever waits for a request is told, now that the owner is gone; `undefined`: nothing, for the next owner is asked.
 * So a write is asked again if it is sure that nobody has begun it, or if it has a key; otherwise nobody knows.
 */
export function lossOf(request: Request, { mayBeBegun, isAccepted }: Progressed): ConnectionError | undefined {
  if (isAccepted || (mayBeBegun && !isRepeatable(request, plainlyRead))) return unknownOutcome();
  // A transaction ends with the owner that it was begun with.
  return transactionOf(request) === undefined ? undefined : rolledBack();
}

/** Nobody knows whether it was done. */
function unknownOutcome(): ConnectionError {
  const message =
    'The tab that held the database is gone. Whether it still did this is unknown: look before you do it again, or give it a key.';
  return new ConnectionError({ code: 'owner_lost', message });
}

/** The transaction that it belongs to was not committed. */
export function rolledBack(): ConnectionError {
  const message =
    'The tab that held the database is gone, and this transaction was rolled back: nothing of it was kept. Begin it again.';
  return new ConnectionError({ code: 'owner_lost', message });
}
