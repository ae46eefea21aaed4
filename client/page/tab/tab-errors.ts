// Why a tab ends, or is closed before its time, where nobody else says it.

import { ConnectionError, HistoryError, type WheatearError } from '../../protocol/errors.js';
import type { MigrationSet } from '../../protocol/migration-set.js';

export function unknownTarget(target: string, { migrations }: MigrationSet): HistoryError {
  const latest = migrations.at(-1);
  const hint = latest ? `; the latest is ${JSON.stringify(latest.id)}` : '';
  const message = `there is no migration ${JSON.stringify(target)} to stop at${hint}`;
  return new HistoryError({ code: 'unknown_target', message });
}

export function superseded(name: string): ConnectionError {
  const message = `A newer version of this page has upgraded the database ${JSON.stringify(name)} in another tab; reload this page to get that version.`;
  return new ConnectionError({ code: 'superseded', message });
}

export function unfinished(name: string): ConnectionError {
  const message = `The database ${JSON.stringify(name)} was closed while what it had been asked took too long; whether that was done is unknown.`;
  return new ConnectionError({ code: 'closed', message });
}

export function otherProtocol(): ConnectionError {
  const message =
    'Another tab has this database open with another version of Wheatear, which this one cannot talk to; close that tab, or reload it.';
  return new ConnectionError({ code: 'other_protocol', message });
}

/**
 * Of a tab that had the database open with migrations which it announced, and now that they are needed cannot load: another
 * build has upgraded it since, and the server has those of that.
 */
export function unloadable(cause: WheatearError): HistoryError {
  const message = `Another build has changed the database, and this tab cannot load its own migrations to see whether it can go on; reload the page. ${cause.message}`;
  return new HistoryError({ code: 'database_ahead', message }, { cause });
}
