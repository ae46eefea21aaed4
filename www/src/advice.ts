import { type ErrorCode, WheatearError } from 'wheatear';

const unchanged = 'Nothing was changed: the database is as it was before this visit.';

const byCode: Partial<Record<ErrorCode, string>> = {
  storage_busy: 'The database is open in another tab or window. Close it there, then try again.',
  storage_unsupported:
    'This browser does not give the page a private file system. Use a current Chrome, Edge, Firefox or Safari, outside private browsing, over HTTPS.',
  storage_full: 'The browser has no room left for this site. Free some space on the device, then try again.',
  storage_io:
    'The browser could not read or write the stored file. Try again; if it persists, download the raw database before you start over.',
  not_a_database: 'What is stored is not a SQLite database. Download it if you want to examine it, then start over.',
  statement_failed: `${unchanged} A newer version of this page may mend it.`,
  foreign_key_violation: `${unchanged} A newer version of this page may mend it.`,
  database_ahead: `A newer version of this page has upgraded the database. Reload to get that version. ${unchanged}`,
  missing: `The database was made by a page with other migrations. ${unchanged}`,
  ledger_corrupt: `The record of applied migrations is damaged. ${unchanged} Download it before you start over.`,
  ledger_too_new: `A newer Wheatear has written the record of applied migrations. Reload to get that version. ${unchanged}`,
  closed: 'The page lost its connection to the database. Try again.',
  worker_failed: 'The part of the page that runs SQLite could not start. Check the connection, then try again.',
};

/** What the reader can do about an error. */
export function adviceFor(error: unknown): string {
  const code: ErrorCode | undefined = error instanceof WheatearError ? error.code : undefined;
  const advice = code && byCode[code];
  return advice ?? 'Try again, or download the database as it is.';
}
