// What each option of `open` may be, and what is said to whoever gives something else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { cancellable } from '../../dist/package/page/cancelling.js';
import { accessRules } from '../../dist/package/page/databases.js';
import { kindOf } from '../../dist/package/page/kind-of.js';
import { migrateOptions, openRules } from '../../dist/package/page/open-options.js';
import { checkNames, checkOptions } from '../../dist/package/page/option-rules.js';

const worker = () => {};
const { signal } = new AbortController();
/** What the classes of another window make of the same. */
const elsewhere = runInContext(
  `class AbortSignal extends EventTarget { aborted = false; }
   ({ signal: new AbortSignal(), function: () => {}, options: { worker() {}, target: '2' } })`,
  createContext({ EventTarget }),
);
const example = "() => new Worker(new URL('./database.worker.ts', import.meta.url), { type: 'module' })";

/** @type {Record<keyof typeof openRules, { fits: unknown[], words: string, others: unknown[] }>} */
const table = {
  worker: {
    fits: [worker, elsewhere.function, class {}],
    words: `a function, such as ${example}`,
    others: [null, './worker.js', {}, true],
  },
  wasm: {
    fits: ['/a.wasm', new URL('https://example.org/a.wasm'), new Response(), Promise.resolve('/a.wasm')],
    words: 'a string or a URL or a Response or a promise of one',
    others: [null, 7, {}, new Uint8Array(1), () => '/a.wasm'],
  },
  migrations: {
    fits: [{}, { '1.sql': 'SELECT 1' }, []],
    words: 'an object of SQL texts by path, or an array of migrations',
    others: [null, 'SELECT 1', true, () => {}],
  },
  target: { fits: ['0001.create', ''], words: 'a string', others: [null, 1, ['0001'], true] },
  edited: { fits: ['error', 'reapply'], words: "'error' or 'reapply'", others: ['apply', true, null] },
  late: { fits: ['apply', 'error'], words: "'apply' or 'error'", others: ['Apply', '', 'warn', true, null] },
  ahead: { fits: ['error', 'rollback'], words: "'error' or 'rollback'", others: ['apply', 'a string', false, null] },
  drift: { fits: ['warn', 'error'], words: "'warn' or 'error'", others: ['ignore', 1, null] },
  unmanaged: { fits: ['error', 'apply'], words: "'error' or 'apply'", others: ['adopt', true, null] },
  baseline: { fits: ['0001.create'], words: 'a string', others: [null, 1, true] },
  adopt: { fits: ['auto'], words: "'auto'", others: [true, 'yoyo', null] },
  appVersion: { fits: ['1.2.3'], words: 'a string', others: [null, 1.2, { version: '1' }] },
  storage: {
    fits: ['auto', 'opfs', 'indexeddb', 'memory'],
    words: "'auto' or 'opfs' or 'indexeddb' or 'memory'",
    others: ['OPFS', 'idb', '', null, ['opfs'], "'auto'"],
  },
  initial: {
    fits: ['words.sqlite3', new URL('https://example.org/words.sqlite3'), new Blob([]), () => 'words.sqlite3'],
    words: 'a string or a URL or a Blob or a function',
    others: [null, true, 7, {}, new Uint8Array(1), { href: 'words.sqlite3' }],
  },
  image: { fits: [true, false], words: 'a boolean', others: ['/a.image', 1, null] },
  backup: {
    fits: [true, false, { keep: 1 }, { keep: 7 }],
    words: 'a boolean or { keep: a number from 1 }',
    others: [{ keep: 0 }, { keep: 1.5 }, { keep: '3' }, { keep: Number.NaN }, {}, 3, 'true', 'a boolean', null],
  },
  onProgress: { fits: [() => {}, elsewhere.function], words: 'a function', others: [null, 'console.log', {}] },
  signal: {
    fits: [signal, AbortSignal.abort(), AbortSignal.timeout(0), elsewhere.signal],
    words: 'an AbortSignal',
    others: [new AbortController(), { aborted: true }, true, null, 'an AbortSignal', () => {}, new EventTarget()],
  },
  onSuperseding: { fits: [() => {}], words: 'a function', others: [null, true] },
  onSuperseded: { fits: [() => {}], words: 'a function', others: [null, true] },
  debug: { fits: [true, false], words: 'a boolean', others: ['wheatear', 1, null] },
  onOwnerChange: { fits: [() => {}], words: 'a function', others: [null, true] },
};

for (const [name, { fits, words, others }] of Object.entries(table)) {
  test(`the option ${name} must be ${words.replace(example, '…')}`, () => {
    for (const value of fits) checkOptions({ worker, [name]: value }, openRules);
    checkOptions({ worker, [name]: undefined }, openRules);
    for (const value of others) {
      const message = `The option ${name} must be ${words}, not ${kindOf(value)}.`;
      refuses(() => checkOptions({ worker, [name]: value }, openRules), message);
    }
  });
}

test('the value that does not fit is named', () => {
  for (const [value, name] of /** @type {[unknown, string][]} */ ([
    ['a "b"', '"a \\"b\\""'],
    [7, '7'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [7n, '7'],
    [Symbol('x'), 'Symbol(x)'],
    [{}, 'a value of the class Object'],
    [[], 'a value of the class Array'],
    [new Blob(), 'a value of the class Blob'],
    [new Date(), 'a value of the class Date'],
    [() => {}, 'a function'],
  ])) {
    assert.equal(kindOf(value), name);
  }
});

test('options must be an object', () => {
  for (const options of [undefined, null, 'memory', 7, true, worker]) {
    const message = `The options must be an object, not ${kindOf(options)}.`;
    refuses(() => checkOptions(options, openRules), message);
    refuses(() => checkNames(options, ['key', 'signal']), message);
  }
  checkOptions(elsewhere.options, openRules);
  checkOptions(Object.assign(Object.create(null), { worker }), openRules);
});

test('an option that there is not is refused, with the one that was meant', () => {
  const names = Object.keys(openRules);
  for (const [name, end] of [
    ['onownerchang', '; onOwnerChange was meant, perhaps'],
    ['ONPROGRESS', '; onProgress was meant, perhaps'],
    ['Worker', '; worker was meant, perhaps'],
    ['wokrer', '; worker was meant, perhaps'],
    ['signals', '; signal was meant, perhaps'],
    ['sign', '; signal was meant, perhaps'],
    ['beckap', '; backup was meant, perhaps'],
    ['staorrage', '; storage was meant, perhaps'],
    ['onPogess', '; onProgress was meant, perhaps'],
    ['sig', `; there are: ${names.join(', ')}`],
    ['wroker', '; worker was meant, perhaps'],
    ['baselines2', '; baseline was meant, perhaps'],
    ['toString', `; there are: ${names.join(', ')}`],
    ['constructor', `; there are: ${names.join(', ')}`],
  ]) {
    const options = { worker, [String(name)]: undefined };
    refuses(() => checkOptions(options, openRules), `There is no option ${name}${end}.`);
  }
  refuses(() => checkNames({ keys: 'a' }, ['key', 'signal']), 'There is no option keys; key was meant, perhaps.');
});

test('the functions for databases that are not open take the options of open, and their own', () => {
  const { worker: _, ...optional } = table;
  for (const [name, { fits }] of Object.entries(optional)) {
    for (const value of fits) checkOptions({ worker, [name]: value }, accessRules);
  }
  for (const wal of [null, new Blob(), new File([], 'a-wal')]) {
    checkOptions({ worker, overwrite: true, wal }, accessRules);
  }
  for (const [wrong, words] of /** @type {[object, string][]} */ ([
    [{ overwrite: 1 }, 'overwrite must be a boolean, not 1'],
    [{ overwrite: null }, 'overwrite must be a boolean, not null'],
    [{ wal: false }, 'wal must be a Blob or null, not false'],
    [{ wal: 'null' }, 'wal must be a Blob or null, not "null"'],
    [{ wal: new Uint8Array() }, 'wal must be a Blob or null, not a value of the class Uint8Array'],
  ])) {
    refuses(() => checkOptions({ worker, ...wrong }, accessRules), `The option ${words}.`);
  }
});

test('work can be ended by a signal of another window', async () => {
  const work = async (/** @type {AbortSignal | undefined} */ ending) => ending?.aborted;
  assert.equal(await cancellable(elsewhere.signal, undefined, () => undefined, work), false);
  elsewhere.signal.aborted = true;
  assert.equal(await cancellable(elsewhere.signal, undefined, () => undefined, work), true);
  const refused = cancellable(/** @type {AbortSignal} */ ({ aborted: true }), undefined, () => undefined, work);
  await assert.rejects(refused, { message: /^The option signal must be an AbortSignal/ });
});

test('what crosses to the worker is how to migrate, without what is absent', () => {
  const policies = { edited: 'reapply', late: 'error', ahead: 'rollback', drift: 'warn', unmanaged: 'apply' };
  const given = { target: '2', ...policies, baseline: '1', adopt: 'auto' };
  const others = { worker, appVersion: undefined, storage: 'opfs', backup: true, signal };
  assert.deepEqual(migrateOptions(/** @type {any} */ ({ ...given, ...others })), given);
});

function refuses(/** @type {() => void} */ check, /** @type {string} */ message) {
  assert.throws(check, { name: 'DefinitionError', code: 'invalid_option', message });
}
