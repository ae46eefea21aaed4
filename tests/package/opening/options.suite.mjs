// Options and names, and what is refused before anything begins.

import { deepEqual, equal, rejects } from '../../pages/assert.mjs';

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'an option with a value that it cannot have is refused before anything begins, and named'(context) {
    const { wheatear, name } = context;
    const wrong = {
      target: [7, null],
      late: ['aply', true],
      ahead: ['Rollback', ['rollback']],
      drift: ['', 'ignore'],
      appVersion: [2, null],
      onProgress: ['log', {}],
      signal: [new AbortController(), new EventTarget()],
      storage: ['OPFS', 'auto ', true, null],
      backup: ['yes', 1, null, {}, { keep: 0 }, { keep: 1.5 }, { keep: '1' }],
    };
    const worker = () => {
      throw new Error('a worker was started');
    };
    for (const [option, values] of Object.entries(wrong)) {
      for (const value of values) {
        const options = /** @type {any} */ ({ worker, [option]: value });
        const promise = wheatear.open(name, options);
        await rejects(promise, wheatear.DefinitionError, 'invalid_option', new RegExp(`option ${option} must be`));
      }
    }
  },

  async 'an option that there is not is refused by every function, and the one that was meant is named'(context) {
    const { wheatear, name, options } = context;
    const wrong = [
      ['stroage', /no option stroage; storage was meant/],
      ['Worker', /no option Worker; worker was meant/],
      ['onprogress', /no option onprogress; onProgress was meant/],
      ['toString', /no option toString; there are:/],
    ];
    for (const [option, reason] of /** @type {[string, RegExp][]} */ (wrong)) {
      await everyFunctionRefuses(context, { ...options, [option]: 'anything' }, reason);
    }
    // One object serves all functions.
    const shared = { ...options, drift: /** @type {const} */ ('warn') };
    await (await wheatear.open(name, shared)).close();
    await wheatear.exportDatabase(name, shared);
  },

  async 'options that are none, and workers that are none, are refused by every function'(context) {
    const { options } = context;
    for (const none of [null, 7, 'opfs', () => {}]) {
      await everyFunctionRefuses(context, none, /options must be an object, not/);
    }
    const { worker } = options;
    for (const none of [undefined, null, 'worker.js', {}, Promise.resolve()]) {
      const reason = /option worker must be a function, such as \(\) => new Worker/;
      if (none !== undefined) await everyFunctionRefuses(context, { worker: none }, reason);
      await everyFunctionRefuses(context, { worker: () => none }, /starts a new Worker each time, and it gave/, true);
    }
    const given = worker();
    await everyFunctionRefuses(context, { worker: given }, /option worker must be a function/);
    given.terminate();
  },

  async 'what is no file is not imported, and nothing is moved to what is no storage'({ wheatear, name, options }) {
    for (const file of /** @type {any[]} */ ([undefined, null, 'text', new ArrayBuffer(8), {}])) {
      const promise = wheatear.importDatabase(name, file, options);
      await rejects(promise, wheatear.DefinitionError, 'invalid_option', /must be a Blob or a File/);
    }
    for (const kind of /** @type {any[]} */ ([undefined, 'memory', 'auto', 'OPFS', 7])) {
      const promise = wheatear.moveDatabase(name, kind, options);
      await rejects(promise, wheatear.DefinitionError, 'invalid_option', /'opfs' or 'indexeddb', not to/);
    }
  },

  async 'an option that is undefined is one that is absent'({ wheatear, name, options }) {
    const names = ['target', 'late', 'ahead', 'drift', 'appVersion', 'onProgress', 'signal', 'backup'];
    const absent = Object.fromEntries(names.map((option) => [option, undefined]));
    await (await wheatear.open(name, { ...options, ...absent })).close();
  },

  async 'names are free of the rules of file systems, and case counts'({ wheatear, name, options }) {
    const suffix = name.slice(0, 8);
    const names = ['../x', 'x', 'a/b', 'Wetter ☀', 'A', 'a', '%41', 'é', 'e\u0301'];
    const unique = names.map((each) => `${each} ${suffix}`);
    // And one that has nothing after what makes it special.
    for (const each of [...unique, '..']) {
      const database = await wheatear.open(each, options);
      equal(database.report.from, null);
      await database.exec(`CREATE TABLE label (name); INSERT INTO label VALUES ('${each}')`);
      await database.close();
    }
    for (const each of [...unique, '..']) {
      const database = await wheatear.open(each, options);
      deepEqual(await database.query('SELECT name FROM label'), [{ name: each }]);
      await database.close();
      await wheatear.deleteDatabase(each);
    }
  },

  async 'the longest name is 80 bytes of UTF-8'({ wheatear, options }) {
    for (const name of ['x'.repeat(80), 'ß'.repeat(40), '☀'.repeat(26)]) {
      await (await wheatear.open(name, options)).close();
      await wheatear.deleteDatabase(name);
    }
  },

  async 'a name that cannot be used is refused by every function'({ wheatear, options }) {
    const unusable = [
      '',
      'x'.repeat(81),
      'ß'.repeat(41),
      'a\nb',
      'a\0b',
      '\u007f',
      '\u0085',
      '\ud800',
      undefined,
      null,
      7,
    ];
    for (const name of /** @type {any[]} */ (unusable)) {
      await rejects(wheatear.open(name, options), wheatear.DefinitionError, 'invalid_name');
      await rejects(wheatear.exportDatabase(name, options), wheatear.DefinitionError, 'invalid_name');
      await rejects(wheatear.deleteDatabase(name), wheatear.DefinitionError, 'invalid_name');
      await rejects(wheatear.importDatabase(name, new Blob(), options), wheatear.DefinitionError, 'invalid_name');
      await rejects(wheatear.moveDatabase(name, 'opfs', options), wheatear.DefinitionError, 'invalid_name');
      await rejects(wheatear.listBackups(name), wheatear.DefinitionError, 'invalid_name');
    }
  },
};

/** Nothing that takes options takes these, and nothing begins. */
async function everyFunctionRefuses(
  /** @type {import('../../pages/suite.mjs').Context} */ { wheatear, name },
  /** @type {any} */ options,
  /** @type {RegExp} */ reason,
  startsWorker = false,
) {
  // The one of the context adds to the options.
  const { open } = await import('/package/index.js');
  const calls = [
    () => open(name, options),
    () => wheatear.exportDatabase(name, options),
    () => wheatear.importDatabase(name, new Blob(), options),
    () => wheatear.moveDatabase(name, 'opfs', options),
    () => wheatear.restoreBackup(`${name}@0001.create`, options),
  ];
  // There is no such backup, and nothing for a worker to do.
  if (startsWorker) calls.pop();
  for (const call of calls) await rejects(call(), wheatear.DefinitionError, 'invalid_option', reason);
  deepEqual(
    (await wheatear.listDatabases()).filter((database) => database.name === name),
    [],
  );
}
