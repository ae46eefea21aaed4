import { ApplyError, type ErrorCode, HistoryError, WheatearError } from 'wheatear';

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
