import type { SqlRow, SqlValue } from 'wheatear';
import { onPress } from './actions.js';
import { byId, element } from './dom.js';
import { formatCount, formatNumber } from './format.js';
import { type Column, columns, countRows, newestRows, type Source } from './weather-node.js';

const pageSize = 25;

/** The `weather_node` table, a page at a time. */
export class Table {
  readonly #database: Source;
  readonly #head = byId('table-head', HTMLTableRowElement);
  readonly #body = byId('table-body', HTMLTableSectionElement);
  readonly #caption = byId('table-caption', HTMLTableCaptionElement);
  readonly #count = byId('row-count', HTMLParagraphElement);
  readonly #range = byId('page-range', HTMLParagraphElement);
  readonly #first = byId('page-first', HTMLButtonElement);
  readonly #previous = byId('page-previous', HTMLButtonElement);
  readonly #next = byId('page-next', HTMLButtonElement);
  readonly #last = byId('page-last', HTMLButtonElement);
  #offset = 0;
  #total = 0;

  constructor(database: Source) {
    this.#database = database;
  }

  /** Makes the pager's buttons work. */
  preparePager(): void {
    onPress(this.#first, () => this.#turnTo(0));
    onPress(this.#previous, () => this.#turnTo(this.#offset - pageSize));
    onPress(this.#next, () => this.#turnTo(this.#offset + pageSize));
    onPress(this.#last, () => this.#turnTo(Number.POSITIVE_INFINITY));
  }

  /** Reads schema and rows anew and shows the newest. */
  async showNewest(): Promise<void> {
    await this.#turnTo(0);
  }

  /** Reads schema and rows anew and stays where it is. */
  async refresh(): Promise<void> {
    await this.#turnTo(this.#offset);
  }

  async #turnTo(offset: number): Promise<void> {
    this.#total = await countRows(this.#database);
    const lastPage = Math.max(0, Math.ceil(this.#total / pageSize) - 1) * pageSize;
    this.#offset = Math.min(Math.max(0, offset), lastPage);
    const [head, rows] = await Promise.all([
      columns(this.#database),
      newestRows(this.#database, pageSize, this.#offset),
    ]);
    this.#head.replaceChildren(...head.map(headCell));
    this.#body.replaceChildren(...(rows.length > 0 ? rows.map((row) => bodyRow(head, row)) : [emptyRow(head.length)]));
    this.#describe(rows.length, this.#offset === lastPage);
  }

  #describe(rows: number, isLast: boolean): void {
    const isFirst = this.#offset === 0;
    // Not `disabled`, which would take the focus away from whoever pages by keyboard.
    for (const button of [this.#first, this.#previous]) button.ariaDisabled = String(isFirst);
    for (const button of [this.#next, this.#last]) button.ariaDisabled = String(isLast);
    this.#count.dataset.count = String(this.#total);
    this.#count.textContent = formatCount(this.#total, 'row');
    this.#range.textContent = this.#rangeText(rows);
    this.#caption.textContent = `Table weather_node, newest first: ${this.#rangeText(rows)}`;
  }

  #rangeText(rows: number): string {
    if (rows === 0) return 'No rows yet';
    const first = formatNumber(this.#offset + 1);
    const last = formatNumber(this.#offset + rows);
    return `Rows ${first}–${last} of ${formatNumber(this.#total)}`;
  }
}

function headCell({ name, type }: Column): HTMLElement {
  return element(
    'th',
    { scope: 'col', class: isNumeric(type) ? 'number' : 'text' },
    name,
    ' ',
    element('span', { class: 'type' }, type.toLowerCase()),
  );
}

function bodyRow(head: readonly Column[], row: SqlRow): HTMLElement {
  return element('tr', {}, ...head.map((column) => bodyCell(column, row[column.name] ?? null)));
}

function bodyCell({ type }: Column, value: SqlValue): HTMLElement {
  const cell = element('td', { class: isNumeric(type) ? 'number' : 'text' });
  cell.append(value === null ? element('span', { class: 'null' }, 'null') : valueText(value));
  return cell;
}

function valueText(value: NonNullable<SqlValue>): string {
  return value instanceof Uint8Array ? formatCount(value.length, 'byte') : String(value);
}

function emptyRow(span: number): HTMLElement {
  const cell = element('td', { class: 'empty' }, 'No rows yet. Add a day of readings.');
  cell.colSpan = Math.max(1, span);
  return element('tr', {}, cell);
}

/** SQLite's own rule for INTEGER affinity, and the names that give REAL or NUMERIC. */
function isNumeric(type: string): boolean {
  return /INT|REAL|FLOA|DOUB|NUM|DEC/i.test(type);
}
