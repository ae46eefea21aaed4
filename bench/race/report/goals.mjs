// What the race is to show, in Chromium, and whether it does.

import { contenders, labelOf } from '../contenders.mjs';
import { number } from './table.mjs';

/** @typedef {import('./samples.mjs').Samples} Samples */

/** One measurement: the part, who is measured, what. @typedef {[part: string, racer: string, what: string]} Measurement */

/**
 * @typedef {object} Goal
 * @property {string} what
 * @property {number} bound the most that it may be
 * @property {Measurement} ours
 * @property {Measurement[]} [against] the smallest of these; without any, the bound is no ratio
 * @property {string} [unit] of a bound that is no ratio
 */

/** Names of the contenders that are not ours, as far as they are asked for. */
const others = (/** @type {(contender: import('../contenders.mjs').Contender) => unknown} */ isWanted) =>
  contenders.filter((contender) => contender.from && isWanted(contender)).map(({ name }) => name);

const all = others(() => true);
const onOpfs = others(({ home }) => home === 'opfs');
const durable = others(({ isLessDurable }) => !isLessDurable);
const behindWorker = others(({ isWithoutWorker }) => !isWithoutWorker);

/** The same of several. @returns {Measurement[]} */
const each = (/** @type {string} */ part, /** @type {string[]} */ racers, /** @type {string} */ what) =>
  racers.map((racer) => [part, racer, what]);

/** @type {Goal[]} */
const goals = [
  {
    what: 'first visit, 100 migrations, with its plugin, against the best on OPFS',
    bound: 0.35,
    ours: ['visits', 'wheatear-plugin', 'first visit'],
    against: each('visits', onOpfs, 'first visit'),
  },
  {
    what: 'the same, set in the page',
    bound: 0.35,
    ours: ['visits', 'wheatear', 'first visit'],
    against: each('visits', onOpfs, 'first visit'),
  },
  {
    what: 'first visit, 1,000 migrations against 1, with its plugin',
    bound: 1.3,
    ours: ['histories', 'wheatear-plugin 1000', 'first visit'],
    against: [['histories', 'wheatear-plugin 1', 'first visit']],
  },
  {
    what: 'the same, set in the page',
    bound: 1.3,
    ours: ['histories', 'wheatear 1000', 'first visit'],
    against: [['histories', 'wheatear 1', 'first visit']],
  },
  {
    what: 'warm visit, 100 applied, with its plugin, against the best',
    bound: 0.75,
    ours: ['visits', 'wheatear-plugin', 'warm visit'],
    against: each('visits', all, 'warm visit'),
  },
  {
    what: 'the same, set in the page',
    bound: 0.75,
    ours: ['visits', 'wheatear', 'warm visit'],
    against: each('visits', all, 'warm visit'),
  },
  {
    what: 'warm visit, 10,000 applied against 10, with its plugin',
    bound: 1.1,
    ours: ['histories', 'wheatear-plugin 10000', 'warm visit'],
    against: [['histories', 'wheatear-plugin 10', 'warm visit']],
  },
  {
    what: 'the same, set in the page',
    bound: 1.1,
    ours: ['histories', 'wheatear 10000', 'warm visit'],
    against: [['histories', 'wheatear 10', 'warm visit']],
  },
  {
    what: 'a second tab beside an open one, against the first',
    bound: 0.5,
    ours: ['tabs', 'wheatear', 'second tab'],
    against: [['tabs', 'wheatear', 'first tab']],
  },
  {
    what: 'one-row commit, against the best that is as durable',
    bound: 1,
    ours: ['queries', 'wheatear', 'commit'],
    against: each('queries', durable, 'commit'),
  },
  {
    what: '1,000 rows to the page, against the best with a worker',
    bound: 1,
    ours: ['queries', 'wheatear', '1,000 rows'],
    against: each('queries', behindWorker, '1,000 rows'),
  },
  {
    what: 'point query, against the best with a worker',
    bound: 1,
    ours: ['queries', 'wheatear', 'point query'],
    against: each('queries', behindWorker, 'point query'),
  },
  {
    what: 'one-row read of a follower, against the owner’s',
    bound: 1.5,
    ours: ['tabs', 'wheatear', 'follower'],
    against: [['tabs', 'wheatear', 'owner']],
  },
  {
    what: 'million-row rebuild on OPFS, against the best',
    bound: 0.95,
    ours: ['rebuild', 'wheatear', 'rebuild'],
    against: each('rebuild', onOpfs, 'rebuild'),
  },
  {
    what: 'the same, against native SQLite',
    bound: 1.35,
    ours: ['rebuild', 'wheatear', 'rebuild'],
    against: [['rebuild', 'native', 'rebuild']],
  },
  {
    what: 'the same on IndexedDB, against IDBBatchAtomic',
    bound: 0.15,
    ours: ['rebuild', 'wheatear-indexeddb', 'rebuild'],
    against: [['rebuild', 'wa-idb-batch', 'rebuild']],
  },
  {
    what: 'the same on IndexedDB, against IDBMirror',
    bound: 0.8,
    ours: ['rebuild', 'wheatear-indexeddb', 'rebuild'],
    against: [['rebuild', 'wa-idb-mirror', 'rebuild']],
  },
  {
    what: 'bytes after brotli, against the official build',
    bound: 0.95,
    ours: ['visits', 'wheatear', 'bytes'],
    against: [['visits', 'official-sahpool', 'bytes']],
  },
  {
    what: 'bytes of the lean module, against the official build',
    bound: 0.8,
    ours: ['visits', 'wheatear-lean', 'bytes'],
    against: [['visits', 'official-sahpool', 'bytes']],
  },
  {
    what: 'longest task on the page’s thread while a million rows are rebuilt',
    bound: 16,
    unit: 'ms',
    ours: ['watched', 'wheatear', 'longest task'],
  },
  {
    what: 'wasm memory, 100 MB database on OPFS, upgraded',
    bound: 64,
    unit: 'MB',
    ours: ['memory', 'wheatear', 'memory'],
  },
];

/**
 * @typedef {object} Outcome
 * @property {string} what
 * @property {string} bound
 * @property {string} value what it is; empty if it was not measured
 * @property {string} against what it was compared with; empty if it is no ratio
 * @property {boolean | undefined} isMet
 */

/** @returns {Outcome[]} */
export function outcomesOf(/** @type {Samples} */ samples) {
  return goals.map((goal) => {
    const { what, bound, ours, against, unit = 'x' } = goal;
    const value = medianOf(samples, ours);
    const other = against ? bestOf(samples, against) : undefined;
    if (value === undefined || (against && !other)) {
      return { what, bound: `${bound} ${unit}`, value: '', against: '', isMet: undefined };
    }
    const measured = other ? value / other.value : value;
    return {
      what,
      bound: `${bound} ${unit}`,
      value: `${measured.toFixed(2)} ${unit}`,
      against: other ? `${number(value)} against ${number(other.value)}, ${other.label}` : '',
      isMet: measured <= bound,
    };
  });
}

function medianOf(/** @type {Samples} */ samples, /** @type {Measurement} */ [part, racer, what]) {
  return samples.spread({ engine: 'Chromium', part, racer, what })?.median;
}

function bestOf(/** @type {Samples} */ samples, /** @type {Measurement[]} */ measurements) {
  const known = measurements.flatMap((measurement) => {
    const value = medianOf(samples, measurement);
    // Ours against ours: what is compared, says the goal.
    const label = labelOf(measurement[1]);
    return value === undefined ? [] : [{ value, label }];
  });
  return known.toSorted((a, b) => a.value - b.value)[0];
}
