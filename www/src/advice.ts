import { ApplyError, type ErrorCode, HistoryError, WheatearError } from 'wheatear';

const unchanged = 'Nothing was changed: the database is as it was before this visit.';
const mended = `${unchanged} A newer version of this page may mend it.`;
const reload = 'Reload to get that version.';

const replace = 'Download it if you want to examine it; then restore a backup if there is one, or start over.';

const byCode: Partial<Record<ErrorCode, string>> = {
  storage_busy: 'The database is open in another tab or window. Close it there, then try again.',
  invalid_option: 'The page’s address asks for a storage that there is not. Open the page without “?storage”.',
  storage_elsewhere: 'Open the database where it lives, or move it to where the page’s address asks for it.',
  storage_unsupported:
    'This browser does not let the page keep anything here. Use a current Chrome, Edge, Firefox or Safari, in the same kind of window as last time, over HTTPS.',
  storage_full: 'The browser has no room left for this site. Free some space on the device, then try again.',
  storage_io:
    'The browser could not read or write the stored file. Try again; if it persists, download the raw database before you start over.',
  not_a_database: `What is stored is not a SQLite database. ${replace}`,
  database_corrupt: `The stored database is damaged. ${replace}`,
  database_truncated: `A part of the stored database is missing. ${replace}`,
  database_encrypted: `What is stored is encrypted, or no database at all. ${replace}`,
  invalid_page_size: `The head of the stored database is damaged. ${replace}`,
  no_such_database: 'Nothing is stored under this name any more. Try again to begin anew.',
  statement_failed: mended,
  code_failed: mended,
  foreign_key_violation: mended,
  cancelled: `${unchanged} Try again when you have the time.`,
  database_ahead: `A newer version of this page has upgraded the database. ${reload} ${unchanged}`,
  irreversible: `A newer version of this page has upgraded the database for good. ${reload} ${unchanged}`,
  edited: `The database was made by a page whose migrations had another text. ${unchanged} Download it before you start over.`,
  missing: `The database was made by a page with other migrations. ${unchanged} Download it before you start over.`,
  late: `This page has a migration that the database should have had long ago. ${mended}`,
  unmanaged: `Something other than this page has made the database. ${unchanged} Download it before you start over.`,
  schema_drift: `Something other than this page has changed the tables. ${unchanged} Download it before you start over.`,
  ledger_corrupt: `The record of applied migrations is damaged. ${unchanged} Download it before you start over.`,
  ledger_too_new: `A newer Wheatear has written the record of applied migrations. ${reload} ${unchanged}`,
  closed: 'The page lost its connection to the database. Try again.',
  superseded: `A newer version of this page has upgraded the database in another tab. ${reload}`,
  owner_lost:
    'The tab that held the database was closed just now, and what this one had asked of it may be done or not. Reload and look.',
  other_protocol: 'Another tab runs another version of this page, which this one cannot talk to. Reload both.',
  worker_failed: 'The part of the page that runs SQLite could not start. Check the connection, then try again.',
};

const untouched = 'Your database is as it was.';
const another = `${untouched} Choose another file.`;

const byCodeForFile: Partial<Record<ErrorCode, string>> = {
  not_a_database: another,
  database_corrupt: `${untouched} Use an older copy of the file, or repair this one with the sqlite3 shell: “.recover”.`,
  database_truncated: `${untouched} The end of the file is missing: download or copy it again.`,
  database_encrypted: `${untouched} If the file is encrypted, decrypt it first.`,
  invalid_page_size: another,
  wal_missing: `${untouched} Choose the file together with the one beside it that ends in “-wal”. If there is none, open and close the database in the program that it comes from, or set it back with the sqlite3 shell: “PRAGMA journal_mode = DELETE”.`,
  storage_full: `${untouched} Free some space on the device, then try again.`,
  storage_busy: `${untouched} Close it in other tabs and windows, then try again.`,
  storage_unsupported: `${untouched} This browser does not give the page that storage.`,
  no_such_database: `${untouched} Reload the page to see what there is.`,
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

/** What the reader can do about an error that came of a file, a backup or a move, while the page goes on. */
export function adviceForFile(error: unknown): string {
  if (!(error instanceof WheatearError)) return `${untouched} Try again.`;
  const code: ErrorCode = error.code;
  const fitting = byCodeForFile[code];
  if (fitting) return fitting;
  if (error instanceof ApplyError || error instanceof HistoryError)
    return `${untouched} This page’s migrations do not fit the file.`;
  return `${untouched} Try again.`;
}
