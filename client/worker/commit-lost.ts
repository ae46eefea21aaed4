import type { ErrorData } from '../protocol/errors.js';

/** A commit could not be stored: what the connection holds in memory is ahead of what is stored. */
export class CommitLost {
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    this.data = data;
  }
}
