import type { RowArrays, SqlValue } from '../../protocol/values.js';
import { button, element } from '../nodes.js';
import { countButton } from './count-button.js';
import type { InspectedDatabase } from './database.js';
import { failure } from './failure.js';
import { quoted } from './quote.js';
import { type Column, columnsOf, countOf, type Relation, relationsOf } from './schema.js';
import type { Panel } from './section.js';
import { tableOf } from './table.js';
import { cellOf, type Known, type ValueType } from './value.js';
import { count, number } from './words.js';

/** How many rows a page of the table has. */
const pageSize = 100;

/** So many bytes of a BLOB, or characters of a text, are read: a page of big ones would be a lot. */
const bytesRead = 1000;

/** What is read of a table, and in which order. */
interface Selection {
  readonly headings: readonly { readonly name: string; readonly note: string }[];
  readonly sql: string;
}

/** The rows of a table, page by page; what is changed in it, in whichever tab, is shown at once. */
export class RowsPanel implements Panel {
  readonly title = 'Rows';
  readonly #database: InspectedDatabase;
  readonly #choice = element('select', { id: 'table' });
  readonly #first = button('first', 'First', () => this.#go(0));
  readonly #previous = button('previous', 'Previous', () => this.#go(this.#offset - pageSize));
  readonly #next = button('next', 'Next', () => this.#go(this.#offset + pageSize));
  readonly #range = element('span', { role: 'status' });
  readonly #place = element('div');
  readonly content = element(
    'div',
    {},
    element('div', { class: 'tools' }, element('label', { for: 'table' }, 'Table'), this.#choice),
    this.#place,
    element(
      'div',
      { class: 'tools' },
      this.#first,
      this.#previous,
      this.#next,
      countButton(
        'Count',
        () => this.#sight.signal,
        (signal) => this.#count(signal),
      ),
      this.#range,
    ),
  );
  #relations: readonly Relation[] = [];
  #table: string | undefined;
  #offset = 0;
  #live: { stop(): void } | undefined;
  /** Of the table in sight: it ends what is counted. */
  #sight = new AbortController();
  /** What is shown now: what comes of an earlier choice shows nothing. */
  #turn = 0;

  constructor(database: InspectedDatabase) {
    this.#database = database;
    this.#choice.addEventListener('change', () => {
      this.table = this.#choice.value;
      void this.#read();
    });
  }

  /** Which table is shown when it is in sight; the first one unless something else was chosen. */
  set table(name: string) {
    this.#choose(name);
  }

  show(): void {
    void this.#begin();
  }

  /** The query that it watches tells of that. */
  refresh(): void {}

  hide(): void {
    this.#turn++;
    this.#live?.stop();
    this.#leave();
  }

  #choose(table: string | undefined): void {
    this.#leave();
    this.#table = table;
    this.#offset = 0;
  }

  #leave(): void {
    this.#sight.abort();
    this.#sight = new AbortController();
  }

  async #begin(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const relations = await relationsOf(this.#database);
      if (turn !== this.#turn) return;
      this.#relations = relations;
    } catch (error) {
      return this.#fail(turn, error);
    }
    const isThere = this.#relations.some(({ name }) => name === this.#table);
    if (!isThere)
      this.#choose((this.#relations.find(({ owner }) => owner === 'application') ?? this.#relations[0])?.name);
    this.#choice.replaceChildren(...optionsOf(this.#relations));
    this.#choice.value = this.#table ?? '';
    await this.#read();
  }

  /** Watches the page that is chosen. */
  async #read(): Promise<void> {
    const turn = ++this.#turn;
    this.#live?.stop();
    const relation = this.#relations.find(({ name }) => name === this.#table);
    if (!relation) return this.#say('There is no table.');
    try {
      const columns = await columnsOf(this.#database, relation.name);
      if (turn !== this.#turn) return;
      const { headings, sql } = selectionOf(relation, columns);
      this.#live = this.#database.watch(sql, [pageSize + 1, this.#offset], {
        rows: 'array',
        onRows: (rows) => turn === this.#turn && this.#show(relation.name, headings, rows),
        onError: (error) => this.#fail(turn, error),
      });
    } catch (error) {
      this.#fail(turn, error);
    }
  }

  #show(table: string, headings: Selection['headings'], { rows }: RowArrays): void {
    const shown = rows.slice(0, pageSize);
    const cells = shown.map((row) => headings.map((_, at) => cellOf(knownOf(row, at))));
    // What somebody has scrolled to stays in sight while rows come and go.
    const before = this.#place.firstElementChild;
    const { scrollLeft = 0, scrollTop = 0 } = before ?? {};
    const hadFocus = before?.matches(':focus');
    const now = tableOf(`Rows of ${table}`, headings, cells);
    this.#place.replaceChildren(now);
    now.scrollTo({ left: scrollLeft, top: scrollTop, behavior: 'instant' });
    if (hadFocus) now.focus({ preventScroll: true });
    this.#first.disabled = this.#previous.disabled = this.#offset === 0;
    this.#next.disabled = rows.length <= pageSize;
    this.#range.textContent = rangeOf(this.#offset, shown.length);
  }

  #go(offset: number): void {
    this.#offset = Math.max(0, offset);
    this.#place.firstElementChild?.scrollTo({ top: 0, behavior: 'instant' });
    void this.#read();
  }

  async #count(signal: AbortSignal): Promise<void> {
    const turn = this.#turn;
    const table = this.#table;
    if (table === undefined) return;
    try {
      const rows = await countOf(this.#database, table, signal);
      if (table === this.#table) this.#range.textContent = `${count(rows, 'row')} in all`;
    } catch (error) {
      if (!signal.aborted) this.#fail(turn, error);
    }
  }

  #say(text: string): void {
    this.#none(element('p', { class: 'dim' }, text));
  }

  #fail(turn: number, error: unknown): void {
    if (turn === this.#turn) this.#none(failure(error));
  }

  /** Shows this in the place of rows: there is no range of them, and no next ones. */
  #none(told: Node): void {
    this.#place.replaceChildren(told);
    this.#range.textContent = '';
    this.#first.disabled = this.#previous.disabled = this.#offset === 0;
    this.#next.disabled = true;
  }
}

/**
 * What is read of a column: its value, of a long one the beginning; its type, for a whole number may be INTEGER or REAL; and
 * its size in bytes.
 */
function readingOf(name: string): string[] {
  const value = `iif(octet_length(${name}) > ${bytesRead}, substr(${name}, 1, ${bytesRead}), ${name})`;
  return [value, `upper(typeof(${name}))`, `octet_length(${name})`];
}

/** The same of a row. */
function knownOf(row: readonly SqlValue[], at: number): Known {
  const [value = null, type, bytes] = row.slice(at * 3, at * 3 + 3);
  return { value, type: type as ValueType, bytes: Number(bytes) };
}

/** What is read of the rows of a table. */
function selectionOf(relation: Relation, columns: readonly Column[]): Selection {
  const shown = columns.filter(({ isHidden }) => !isHidden);
  const rowid = rowidOf(relation, columns);
  const isColumn = shown.some(({ key, type }) => key === 1 && /^integer$/i.test(type));
  const headings = [
    // An INTEGER PRIMARY KEY is the same.
    ...(rowid && !isColumn ? [{ name: rowid, note: 'not a column' }] : []),
    ...shown.map(({ name, type }) => ({ name, note: type })),
  ];
  const own = shown.map(({ name }) => quoted(name));
  const selected = rowid && !isColumn ? [rowid, ...own] : own;
  const key = columns.filter(({ key }) => key > 0).sort((a, b) => a.key - b.key);
  // Without an order each page might have rows of the one before.
  const order = rowid ? [rowid] : relation.isWithoutRowid ? key.map(({ name }) => quoted(name)) : [];
  const read = selected.flatMap(readingOf);
  const sql = [
    `SELECT ${read.length > 0 ? read.join(', ') : 'NULL'} FROM ${quoted(relation.name)}`,
    ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
    'LIMIT ? OFFSET ?',
  ];
  return { headings, sql: sql.join(' ') };
}

/** The name by which the rowid of a table can be had: a column may have taken others. */
function rowidOf({ kind, isWithoutRowid }: Relation, columns: readonly Column[]): string | undefined {
  if (kind === 'view' || kind === 'virtual' || isWithoutRowid) return undefined;
  const taken = columns.map(({ name }) => name.toLowerCase());
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.includes(name));
}

function optionsOf(relations: readonly Relation[]): Node[] {
  const groups: readonly [string, (relation: Relation) => boolean][] = [
    ['Tables', ({ owner, kind }) => owner === 'application' && kind !== 'view'],
    ['Views', ({ owner, kind }) => owner === 'application' && kind === 'view'],
    ['Internal', ({ owner }) => owner !== 'application'],
  ];
  return groups.flatMap(([label, belongs]) => {
    const names = relations.filter(belongs).map(({ name }) => name);
    if (names.length === 0) return [];
    const group = element('optgroup', {}, ...names.map((name) => element('option', { value: name }, name)));
    group.label = label;
    return [group];
  });
}

function rangeOf(offset: number, rows: number): string {
  if (rows === 0) return offset === 0 ? 'No rows' : 'No more rows';
  return `Rows ${number(offset + 1)} to ${number(offset + rows)}`;
}
