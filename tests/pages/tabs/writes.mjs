// What the tabs write. A write has a number, unique in one visit of a tab; its rows have parts from 0 on.

export const migrations = {
  '1.entry.sql':
    'CREATE TABLE entry (visit TEXT, number INTEGER, part INTEGER); CREATE INDEX entry_visit ON entry (visit);',
};

/** In turns: one statement, one with a key, a transaction, one with a key, and what only reads. */
const kinds = /** @type {const} */ (['statement', 'keyed statement', 'transaction', 'keyed transaction', 'read']);

export const kindOf = (/** @type {number} */ number) => kinds[number % kinds.length] ?? 'read';

/** How many rows a write has. */
export function partsOf(/** @type {number} */ number) {
  const kind = kindOf(number);
  if (kind === 'read') return 0;
  return kind.endsWith('statement') ? 1 : 3;
}

export const isKeyed = (/** @type {number} */ number) => kindOf(number).startsWith('keyed');
