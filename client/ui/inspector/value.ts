import type { SqlValue } from '../../protocol/values.js';
import { element } from '../nodes.js';
import { count } from './words.js';

/** What SQLite stores a value as. Source: https://www.sqlite.org/datatype3.html */
export type ValueType = 'NULL' | 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB';

/** So much of a text is shown, in UTF-16 units; and so much of a BLOB, in bytes. */
const textShown = 300;
const bytesShown = 16;

/** A value as it was read, and what is to be known of it beside that. */
export interface Known {
  readonly value: SqlValue;
  readonly type?: ValueType | undefined;
  /** How many bytes it has, if it was not read whole. */
  readonly bytes?: number | undefined;
}

/** A cell of a table with a value, as SQL would write it, but for the quotes of texts, which the style sheet adds. */
export function cellOf({ value, type = typeOf(value), bytes }: Known): HTMLTableCellElement {
  return element('td', { 'data-type': type, title: type }, ...partsOf(value, type, bytes));
}

/** What SQLite stores a value as, as far as it can be seen by the value: a whole number may be a REAL, too. */
export function typeOf(value: SqlValue): ValueType {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return 'TEXT';
  if (typeof value === 'object') return 'BLOB';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'INTEGER' : 'REAL';
}

function partsOf(value: SqlValue, type: ValueType, bytes: number | undefined): (Node | string)[] {
  if (value === null) return ['NULL'];
  if (typeof value === 'string') return textParts(value, bytes);
  if (typeof value === 'object') return blobParts(value, bytes ?? value.length);
  return [type === 'REAL' ? realText(Number(value)) : String(value)];
}

function textParts(text: string, bytes: number | undefined): (Node | string)[] {
  // Half of a character is none.
  const shown = text.length > textShown ? text.slice(0, textShown).replace(/[\uD800-\uDBFF]$/, '') : text;
  const parts: (Node | string)[] = [element('span', { class: 'text' }, visible(shown))];
  if (shown.length < text.length)
    parts.push(note(`… ${count(bytes ?? new TextEncoder().encode(text).length, 'byte')}`));
  return parts;
}

/** Characters that cannot be seen become those that Unicode has to show them. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\n' || character === '\t') return character;
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\u{2421}';
  });
}

function blobParts(read: Uint8Array, bytes: number): (Node | string)[] {
  const hex = Array.from(read.subarray(0, bytesShown), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [`x'${hex}${bytes > bytesShown ? '…' : ''}'`, note(count(bytes, 'byte'))];
}

/** A REAL is told from an INTEGER by its point. */
function realText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function note(text: string): HTMLElement {
  return element('span', { class: 'note' }, ` ${text}`);
}
