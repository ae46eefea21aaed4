import { classOf } from '../page/kind-of.js';

/** A text that is equal for the same statement with values that SQLite takes for the same, and for no others. */
export function keyOf(sql: string, params: unknown): string {
  // Not `entries` of a list, which leaves out what was never set.
  if (Array.isArray(params)) return JSON.stringify([sql, Array.from(params, textOf)]);
  if (typeof params !== 'object' || params === null) return JSON.stringify([sql, textOf(params)]);
  return JSON.stringify([sql, Object.entries(params).map(([name, value]) => [name, textOf(value)]), 'by name']);
}

/** A value with its type. What cannot be bound has a text, too: the query that fails tells of it. */
function textOf(value: unknown): string {
  if (ArrayBuffer.isView(value))
    return `${classOf(value)} ${new Uint8Array(value.buffer, value.byteOffset, value.byteLength)}`;
  if (typeof value === 'object' && value !== null) return classOf(value);
  return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
}
