import type { BatchArrays } from '../../protocol/values.js';
import { button, element } from '../nodes.js';
import type { InspectedDatabase } from './database.js';
import { failure } from './failure.js';
import { planTree } from './query-plan.js';
import type { Panel } from './section.js';
import { statementsOf, uncommented } from './statements.js';
import { tableOf } from './table.js';
import { cellOf } from './value.js';
import { count, milliseconds, number } from './words.js';

/** So many rows of a result are shown. */
const rowsShown = 200;

/** What SQLite does not do in a transaction, or does nothing in: it is run alone, without the signal that takes one. */
const runsAlone = /^(?:VACUUM|PRAGMA)\b/i;

const explain = /^EXPLAIN\s+(?:QUERY\s+PLAN\s+)?/i;

type Done = Pick<BatchArrays, 'columns' | 'rows'> & Partial<BatchArrays>;

/** A box for SQL. It is run as an application would run it, so that other tabs and what watches are told of what it changes. */
export class SqlPanel implements Panel {
  readonly title = 'SQL';
  readonly #database: InspectedDatabase;
  readonly #box = element('textarea', { id: 'sql', rows: '6', spellcheck: 'false', autocapitalize: 'off' });
  readonly #run = button('primary run', 'Run', () => void this.#do((signal) => this.#results(signal)));
  readonly #explain = button('explain', 'Explain', () => void this.#do((signal) => this.#plans(signal)));
  readonly #stop = button('stop', 'Stop', () => this.#running?.abort());
  readonly #told = element('span', { role: 'status' });
  readonly #place = element('div');
  readonly content = element(
    'div',
    {},
    element('label', { for: 'sql' }, 'SQL'),
    this.#box,
    element('div', { class: 'tools' }, this.#run, this.#explain, this.#stop, this.#told),
    element(
      'p',
      { class: 'dim' },
      'Ctrl+Enter runs it. Several statements are one transaction: all of them or none. What it changes stays.',
    ),
    this.#place,
  );
  #running: AbortController | undefined;

  /** What runs is stopped when the signal is aborted. */
  constructor(database: InspectedDatabase, signal: AbortSignal) {
    this.#database = database;
    signal.addEventListener('abort', () => this.#running?.abort());
    this.#stop.disabled = true;
    this.#box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#run.click();
    });
  }

  show(): void {}

  refresh(): void {}

  hide(): void {}

  async #do(work: (signal: AbortSignal) => Promise<Node[]>): Promise<void> {
    if (this.#running) return;
    const running = new AbortController();
    this.#running = running;
    this.#stop.disabled = false;
    this.#told.textContent = 'Running …';
    const start = performance.now();
    try {
      const nodes = await work(running.signal);
      this.#told.textContent = `Done in ${milliseconds(performance.now() - start)}`;
      this.#place.replaceChildren(...nodes);
    } catch (error) {
      this.#told.textContent = '';
      this.#place.replaceChildren(failure(error));
    } finally {
      this.#running = undefined;
      this.#stop.disabled = true;
    }
  }

  /** Runs what is in the box. */
  async #results(signal: AbortSignal): Promise<Node[]> {
    const statements = statementsOf(this.#box.value);
    const [only] = statements;
    if (only === undefined) return [nothing()];
    const isAlone = statements.length === 1 && runsAlone.test(uncommented(only));
    const done: Done[] = isAlone
      ? [await this.#database.query(only, [], { rows: 'array' })]
      : await this.#database.batch(statements, { rows: 'array', signal });
    return done.flatMap((each, at) => [...heading(statements, at), ...resultOf(each, at + 1)]);
  }

  /** Says how SQLite would do what is in the box. */
  async #plans(signal: AbortSignal): Promise<Node[]> {
    const statements = statementsOf(this.#box.value).map((sql) => uncommented(sql).replace(explain, ''));
    if (statements.length === 0) return [nothing()];
    const asked = statements.map((sql) => `EXPLAIN QUERY PLAN ${sql}`);
    const plans = await this.#database.batch(asked, { rows: 'array', signal });
    return plans.flatMap(({ rows }, at) => [...heading(statements, at), planTree(rows)]);
  }
}

function nothing(): Node {
  return element('p', { class: 'dim' }, 'There is no statement in the box.');
}

/** Of several, which statement it is about. */
function heading(statements: readonly string[], at: number): Node[] {
  if (statements.length < 2) return [];
  return [element('h4', {}, `${at + 1}. `, element('code', {}, statements[at] ?? ''))];
}

function resultOf({ columns, rows, changes = 0, lastInsertRowid = null }: Done, place: number): Node[] {
  const rowid = lastInsertRowid === null ? '' : `, the last with the rowid ${lastInsertRowid}`;
  const changed = `${count(changes, 'row')} changed${rowid}.`;
  if (columns.length === 0) return [element('p', {}, changed)];
  const shown = rows.slice(0, rowsShown);
  const told =
    shown.length < rows.length
      ? `First ${number(shown.length)} of ${count(rows.length, 'row')}`
      : count(rows.length, 'row');
  const cells = shown.map((row) => row.map((value) => cellOf({ value })));
  return [
    element('p', {}, changes > 0 ? `${told}. ${changed}` : `${told}.`),
    tableOf(`Result ${place}`, columns, cells),
  ];
}
