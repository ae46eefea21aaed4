import type { ErrorCode } from './codes.js';

/** What one kind of storage says to a question: its answer, or why it has none. */
export type StorageAnswer<Found> = { readonly found: Found } | Unavailable;

export interface Unavailable {
  /** What the browser said, for developers. */
  readonly unavailable: string;
  /** What that is for whoever needs the answer, if it may be another one soon; `undefined` if the storage is not to be had. */
  readonly passing: (ErrorCode & ('storage_io' | 'storage_full')) | undefined;
}
