import type { SqlValue } from '../../protocol/values.js';
import { element } from '../nodes.js';

/** What SQLite stores a value as. Source: https://www.sqlite.org/datatype3.html */
export type ValueType = 'NULL' | 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB';

/** So much of a text is shown, in UTF-16 units; and so much of a BLOB, in bytes. */
const textShown = 300;
const bytesShown = 16;

/** A cell of a table with a value, as SQL would write it, but for the quotes of texts, which the style sheet adds. */
export function cellOf(value: SqlValue, type: ValueType = typeOf(value)): HTMLTableCellElement {
  return element('td', { 'data-type': type, title: type }, ...partsOf(value, type));
}

/** What SQLite stores a value as, as far as it can be seen by the value: a whole number may be a REAL, too. */
export function typeOf(value: SqlValue): ValueType {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return 'TEXT';
  if (typeof value === 'object') return 'BLOB';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'INTEGER' : 'REAL';
}

function partsOf(value: SqlValue, type: ValueType): (Node | string)[] {
  if (value === null) return ['NULL'];
  if (typeof value === 'string') return textParts(value);
  if (typeof value === 'object') return blobParts(value);
  return [type === 'REAL' ? realText(Number(value)) : String(value)];
}

function textParts(text: string): (Node | string)[] {
  // Half of a character is none.
  const shown = text.length > textShown ? text.slice(0, textShown).replace(/[\uD800-\uDBFF]$/, '') : text;
  const parts: (Node | string)[] = [element('span', { class: 'text' }, visible(shown))];
  if (shown.length < text.length) parts.push(note(`… ${text.length.toLocaleString('en')} characters`));
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

function blobParts(bytes: Uint8Array): (Node | string)[] {
  const hex = Array.from(bytes.subarray(0, bytesShown), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const size = bytes.length === 1 ? '1 byte' : `${bytes.length.toLocaleString('en')} bytes`;
  return [`x'${hex}${bytes.length > bytesShown ? '…' : ''}'`, note(size)];
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
