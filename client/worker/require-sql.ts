import type { ErrorData } from '../protocol/errors.js';

/** Refuses what a page in plain JavaScript may have sent: wasm-bindgen would make a string of it. */
export function requireSql(sql: unknown): asserts sql is string {
  if (typeof sql === 'string') return;
  const message = `The SQL text must be a string, not ${sql === null ? 'null' : typeof sql}.`;
  throw { class: 'QueryError', code: 'invalid_value', message } satisfies ErrorData;
}
