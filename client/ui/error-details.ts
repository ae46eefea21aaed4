import type { SqliteFailure } from '../protocol/errors.js';
import { codeOf } from './recovery-case.js';
import type { RecoveryMessages } from './recovery-messages.js';

/** What an error may say of itself, of whichever class it is. */
interface Told {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly migrationId?: unknown;
  readonly statement?: unknown;
  readonly line?: unknown;
  readonly sqlite?: SqliteFailure;
  readonly report?: unknown;
}

const toldBy = (error: unknown): Told => Object(error) as Told;

/** An error's own words. */
export function messageOf(error: unknown): string {
  const { message } = toldBy(error);
  return typeof message === 'string' ? message : textOf(error);
}

/** Whether an upgrade had committed a part before it failed. */
export function isPartlyDone(error: unknown): boolean {
  const { report } = toldBy(error);
  return report !== undefined && report !== null;
}

/** What a developer wants to know of an error besides its words, each with its name. */
export function detailsOf(error: unknown, messages: RecoveryMessages): [name: string, value: string][] {
  const { name, migrationId, statement, line, sqlite } = toldBy(error);
  const all: [string, unknown][] = [
    [messages.code, codeOf(error) ?? name],
    [messages.migration, migrationId],
    [messages.statement, statement],
    [messages.line, line],
    [messages.sqlite, sqlite && `${sqlite.code}: ${sqlite.message}`],
  ];
  return all.flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, textOf(value)]]));
}

/** A value as text, also one that has none: an object without a prototype. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
