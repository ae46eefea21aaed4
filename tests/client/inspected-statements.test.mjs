// Where the inspector's box for SQL takes a statement to end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statementsOf, uncommented } from '../../dist/package/ui/inspector/statements.js';

test('statements end at a semicolon, unless that is in a string, a name or a comment', () => {
  const statements = [`SELECT ';', "a;""b", [c;], \`d;\``, 'SELECT 1 -- ;', "/* ; */ SELECT 'it''s;'"];
  assert.deepEqual(statementsOf(`${statements.join('\n;\n')};`), statements);
});

test('a trigger ends behind its last END', () => {
  for (const start of ['CREATE TRIGGER', 'create temp trigger', 'EXPLAIN CREATE TRIGGER', 'CREATE /* ; */ TRIGGER']) {
    const trigger = `${start} t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; DELETE FROM b; END`;
    assert.deepEqual(statementsOf(`${trigger}; SELECT 1`), [trigger, 'SELECT 1']);
  }
  // What only is called so is none.
  assert.deepEqual(statementsOf('SELECT "trigger"; SELECT 2'), ['SELECT "trigger"', 'SELECT 2']);
});

test('what has nothing to run is none, and what is left open ends with the script', () => {
  assert.deepEqual(statementsOf(' ; -- nothing\n;; /* at all */ '), []);
  assert.deepEqual(statementsOf("SELECT 'open; and"), ["SELECT 'open; and"]);
  assert.deepEqual(statementsOf('SELECT 1 /* open; and'), ['SELECT 1 /* open; and']);
});

test('a statement begins behind the comments in front of it', () => {
  assert.equal(uncommented('-- one\n /* two; */\n\tVACUUM -- three'), 'VACUUM -- three');
  assert.equal(uncommented("'-- no comment'"), "'-- no comment'");
  assert.equal(uncommented('/* open'), '');
});
