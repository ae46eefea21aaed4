// Without SQL: a version for each migration, which does what that does, as far as there is such a thing. As its
// documentation says of versions, a new database gets the newest schema and what `populate` adds; no upgrader runs.

import count from 'race:count';
import Dexie from 'dexie';
import { readingsOf } from '../../pages/readings.mjs';

/** @returns {Promise<import('../../pages/actions.mjs').Actions>} */
export async function open() {
  const db = new Dexie('race', { chromeTransactionDurability: 'strict' });
  for (let number = 1; number <= count; number++) declare(db.version(number), number);
  db.on('populate', (transaction) => {
    const tables = Array.from({ length: Math.ceil(count / 5) }, (_, index) => transaction.table(`note${index + 1}`));
    for (const table of tables)
      table.bulkAdd(notes.map((note) => (note.at < 3 ? { ...note, author: 'nobody' } : note)));
  });
  await db.open();
  return {
    firstRow: (table) => db.table(table).get(1),
    row: (id) => db.reading.get(id),
    rows: (count) => db.reading.where('id').belowOrEqual(count).toArray(),
    addRow: (id) => db.reading.add({ id, node: 17, at: id, kind: 'temperature', value: 21.5, note: 'a row' }),
    fill: (count) => db.reading.bulkAdd(readingsOf(count)),
  };
}

const notes = [
  { id: 1, text: 'one', at: 1 },
  { id: 2, text: 'two', at: 2 },
  { id: 3, text: 'three', at: 3 },
];

/** @param {import('dexie').Version} version */
function declare(version, /** @type {number} */ number) {
  const name = `note${Math.ceil(number / 5)}`;
  switch (number % 5) {
    case 1:
      // The table that is queried is there from the beginning.
      return version.stores({ [name]: 'id', ...(number === 1 && { reading: 'id, at' }) });
    case 2:
      return version.stores({ [name]: 'id, at' });
    case 3:
      return version.upgrade((transaction) => transaction.table(name).bulkAdd(notes));
    case 4:
      return version.upgrade((transaction) =>
        transaction.table(name).where('at').below(3).modify({ author: 'nobody' }),
      );
    default:
      // There are no views.
      return version.stores({});
  }
}
