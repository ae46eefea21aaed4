// drizzle-kit's journal, which says what is in its folder and in which order.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { journalFault } from '../../dist/package/build/drizzle-journal.js';

const journalOf = (/** @type {string[]} */ tags) =>
  JSON.stringify({ entries: tags.map((tag, idx) => ({ idx, tag })) }, undefined, 1);

for (const { what, journal, names, fault } of [
  { what: 'a folder without one', journal: undefined, names: ['b.sql'], fault: undefined },
  { what: 'no migrations yet', journal: '{}', names: ['0001.own.sql'], fault: undefined },
  {
    what: 'numbered files, and one of the application’s own',
    journal: journalOf(['0001_b', '0002_a', '10000_a']),
    names: ['0001_b.sql', '0002_a.sql', '0003.own.sql', '10000_a.sql'],
    fault: undefined,
  },
  {
    what: 'names without numbers',
    journal: journalOf(['zany_one', 'able_two']),
    names: ['able_two.sql', 'zany_one.sql'],
    fault: { line: 9, words: 'says that able_two comes after zany_one' },
  },
  {
    what: 'a file that is gone',
    journal: journalOf(['0000_a', '0001_b']),
    names: ['0000_a.sql'],
    fault: { line: 9, words: 'lists 0001_b.sql, which is not there' },
  },
  { what: 'what is no JSON', journal: '{', names: [], fault: { line: 1, words: 'cannot be read' } },
]) {
  test(`the journal: ${what}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'wheatear-journal-'));
    t.after(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'meta'));
    if (journal !== undefined) await writeFile(join(folder, 'meta', '_journal.json'), journal);
    const found = await journalFault(folder, 'drizzle', names);
    if (!fault) return assert.equal(found, undefined);
    assert.equal(found?.file, 'drizzle/meta/_journal.json');
    assert.equal(found.line, fault.line);
    assert.ok(found.message.startsWith(`drizzle/meta/_journal.json:${fault.line}: `), found.message);
    assert.ok(found.message.includes(fault.words), found.message);
  });
}
