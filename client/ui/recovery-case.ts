import type { ErrorCode } from '../protocol/codes.js';

/**
 * What has happened, as a user sees it:
 * - `failed`: this version's upgrade did not work, and a newer version may mend it;
 * - `newer`: a newer version has upgraded the database, and this one must be reloaded;
 * - `busy`: the database is open in another tab;
 * - `full`: there is no room left;
 * - `unsupported`: this browser, or this window, keeps no data;
 * - `damaged`: what is stored is no sound database;
 * - `foreign`: what is stored was made, or changed, by something else;
 * - `cancelled`: the upgrade was cancelled;
 * - `unreachable`: the database could not be read this time;
 * - `other`: anything else.
 */
export type RecoveryCase =
  | 'failed'
  | 'newer'
  | 'busy'
  | 'full'
  | 'unsupported'
  | 'damaged'
  | 'foreign'
  | 'cancelled'
  | 'unreachable'
  | 'other';

const cases: Partial<Record<ErrorCode, RecoveryCase>> = {
  statement_failed: 'failed',
  code_failed: 'failed',
  foreign_key_violation: 'failed',
  late: 'failed',
  partly_replaced: 'failed',
  database_ahead: 'newer',
  irreversible: 'newer',
  ledger_too_new: 'newer',
  superseded: 'newer',
  other_protocol: 'newer',
  storage_busy: 'busy',
  storage_full: 'full',
  storage_unsupported: 'unsupported',
  not_a_database: 'damaged',
  database_corrupt: 'damaged',
  database_truncated: 'damaged',
  database_encrypted: 'damaged',
  invalid_page_size: 'damaged',
  ledger_corrupt: 'damaged',
  edited: 'foreign',
  missing: 'foreign',
  unmanaged: 'foreign',
  unadoptable: 'foreign',
  schema_drift: 'foreign',
  cancelled: 'cancelled',
  storage_io: 'unreachable',
  closed: 'unreachable',
  owner_lost: 'unreachable',
  timeout: 'unreachable',
  worker_failed: 'unreachable',
};

/** What an error means for a user, by its code: whatever `open` rejects with, of `wheatear` or of `wheatear/lean`. */
export function recoveryCase(error: unknown): RecoveryCase {
  const code = codeOf(error);
  return (code !== undefined && Object.hasOwn(cases, code) && cases[code]) || 'other';
}

/** What can be done about it, besides to try again. */
export interface Remedies {
  /** Nobody else has the database, and there may be one. */
  readonly download: boolean;
  /** What is stored cannot be used, today or ever. */
  readonly startOver: boolean;
}

/** What helps in which case. Where a database is only out of reach, nobody should be led to delete it. */
export const remedies: Readonly<Record<RecoveryCase, Remedies>> = {
  failed: { download: true, startOver: true },
  newer: { download: true, startOver: false },
  busy: { download: false, startOver: false },
  full: { download: true, startOver: false },
  unsupported: { download: false, startOver: false },
  damaged: { download: true, startOver: true },
  foreign: { download: true, startOver: true },
  cancelled: { download: true, startOver: false },
  unreachable: { download: true, startOver: false },
  other: { download: true, startOver: false },
};

/** The code of an error of whichever class: an application may have those of `wheatear/lean`, which are others. */
export function codeOf(error: unknown): ErrorCode | undefined {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? (code as ErrorCode) : undefined;
}
