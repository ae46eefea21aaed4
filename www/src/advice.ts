import { type ErrorCode, WheatearError } from 'wheatear';

const unchanged = 'Nothing was changed: the database is as it was before this visit.';
const mended = `${unchanged} A newer version of this page may mend it.`;
const reload = 'Reload to get that version.';

const byCode: Partial<Record<ErrorCode, string>> = {
  storage_busy: 'The database is open in another tab or window. Close it there, then try again.',
  storage_unsupported:
    'This browser does not give the page a private file system. Use a current Chrome, Edge, Firefox or Safari, outside private browsing, over HTTPS.',
  storage_full: 'The browser has no room left for this site. Free some space on the device, then try again.',
  storage_io:
    'The browser could not read or write the stored file. Try again; if it persists, download the raw database before you start over.',
  not_a_database: 'What is stored is not a SQLite database. Download it if you want to examine it, then start over.',
  statement_failed: mended,
  code_failed: mended,
  foreign_key_violation: mended,
  cancelled: `${unchanged} Try again when you have the time.`,
  database_ahead: `A newer version of this page has upgraded the database. ${reload} ${unchanged}`,
  irreversible: `A newer version of this page has upgraded the database for good. ${reload} ${unchanged}`,
  edited: `The database was made by a page whose migrations had another text. ${unchanged} Download it before you start over.`,
  missing: `The database was made by a page with other migrations. ${unchanged} Download it before you start over.`,
  late: `This page has a migration that the database should have had long ago. ${mended}`,
  schema_drift: `Something other than this page has changed the tables. ${unchanged} Download it before you start over.`,
  ledger_corrupt: `The record of applied migrations is damaged. ${unchanged} Download it before you start over.`,
  ledger_too_new: `A newer Wheatear has written the record of applied migrations. ${reload} ${unchanged}`,
  closed: 'The page lost its connection to the database. Try again.',
  worker_failed: 'The part of the page that runs SQLite could not start. Check the connection, then try again.',
};

const unknown = 'Try again, or download the database as it is.';

const partly =
  'A part of the upgrade is done and stays. Try again to do the rest, or come back for a newer version of this page.';

/** What the reader can do about an error. */
export function adviceFor(error: unknown): string {
  if (!(error instanceof WheatearError)) return unknown;
  const code: ErrorCode = error.code;
  return error.report ? partly : (byCode[code] ?? unknown);
}
