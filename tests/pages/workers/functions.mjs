// A worker whose script adds SQL functions and collations; or one that is wrong, which its address names.

import { serve } from '/package/worker.js';

class BirdError extends Error {
  constructor(/** @type {string} */ message) {
    super(message);
    this.name = 'BirdError';
  }
}

const fails = () => {
  throw new BirdError('no bird');
};

/** @type {import('/package/worker.js').ServeOptions} */
const good = {
  functions: {
    slug: { deterministic: true, scalar: (/** @type {string} */ text) => text.toLowerCase().replaceAll(' ', '-') },
    echo: (value) => value,
    kind: (value) => (value instanceof Uint8Array ? 'bytes' : value === null ? 'null' : typeof value),
    count_of: { varargs: true, scalar: (...values) => values.length },
    fails,
    given: {
      varargs: true,
      scalar: (/** @type {string} */ which) =>
        /** @type {any} */ ({ undefined: undefined, Date: new Date(0), NaN: Number.NaN, promise: Promise.resolve(1) })[
          which
        ],
    },
    secret: { directOnly: true, scalar: () => 'secret' },
    product: { start: 1, step: (/** @type {number} */ product, /** @type {number} */ by) => product * by },
    all_of: {
      start: () => [],
      step: (/** @type {unknown[]} */ list, value) => void list.push(value),
      inverse: (/** @type {unknown[]} */ list) => void list.shift(),
      result: (/** @type {unknown[]} */ list) => list.join('+'),
    },
    fails_late: { start: 0, step: () => 0, result: fails },
  },
  collations: {
    length: (one, other) => one.length - other.length,
    broken: fails,
  },
  code: {
    '0009.code': {
      version: '1',
      up: (tx) => void tx.run("INSERT INTO note (text) SELECT slug('By Code') || count_of(1, 2)"),
    },
  },
};

const bad = (/** @type {any} */ definition) => ({ functions: { slug: definition } });

/** @type {Record<string, any>} */
const wrong = {
  'a number': bad(7),
  nothing: bad({}),
  both: bad({ scalar() {}, start: 0, step() {} }),
  'no start': bad({ step() {} }),
  misspelt: bad({ scalar() {}, determinstic: true }),
  'no boolean': bad({ scalar() {}, varargs: 1 }),
  'no function': bad({ start: 0, step: 7 }),
  'a name twice': { functions: { slug() {}, SLUG() {} } },
  'no name': { functions: { '': () => 1 } },
  'a collation that is none': { collations: { length: 7 } },
  'no object': { functions: 7 },
};

serve(wrong[decodeURIComponent(location.search.slice(1))] ?? good);
