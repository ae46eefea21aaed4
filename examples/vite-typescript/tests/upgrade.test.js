// The real migrations, in memory, in Node.js: `npm test`.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { expectUpgrade, openInMemory } from 'wheatear/testing';

const folder = new URL('../migrations/', import.meta.url);
const names = await readdir(folder);
const texts = names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')]);
const migrations = Object.fromEntries(await Promise.all(texts));

test('readings from before there was a second sensor are kept', async (context) => {
  const old = await openInMemory({ migrations, target: '0001.create' });
  context.after(() => old.close());
  await old.sql`INSERT INTO reading (place_id, temp_c) SELECT id, ${21} FROM place WHERE name = 'Shed'`;

  const db = await expectUpgrade(old, { migrations });
  context.after(() => db.close());
  const readings = await db.sql`SELECT name, temp_c, humidity FROM reading JOIN place ON place.id = place_id`;
  assert.deepEqual(readings, [{ name: 'Greenhouse', temp_c: 21, humidity: null }]);
});
