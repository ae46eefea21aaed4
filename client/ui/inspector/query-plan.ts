import type { SqlValue } from '../../protocol/values.js';
import { element } from '../nodes.js';

/** A step of a query plan, and the steps that it consists of. */
interface Step {
  readonly detail: string;
  readonly steps: Step[];
}

/**
 * The plan of a query as a tree.
 *
 * @param rows of `EXPLAIN QUERY PLAN`: id, id of the step that it belongs to, something unused, and the words.
 *   Source: https://www.sqlite.org/eqp.html
 */
export function planTree(rows: readonly (readonly SqlValue[])[]): HTMLElement {
  const top: Step[] = [];
  const known = new Map<SqlValue, Step>();
  for (const [id = null, parent = null, , detail] of rows) {
    const step = { detail: String(detail), steps: [] };
    known.set(id, step);
    (known.get(parent)?.steps ?? top).push(step);
  }
  if (top.length === 0) return element('p', { class: 'dim' }, 'It has no plan: it reads no table.');
  return listOf(top);
}

function listOf(steps: readonly Step[]): HTMLElement {
  const items = steps.map(({ detail, steps }) => {
    // What reads every row is what people look for.
    const kind = /^SCAN\b/.test(detail) ? 'scan' : /^SEARCH\b/.test(detail) ? 'search' : 'other';
    const words = element('code', { 'data-step': kind }, detail);
    return element('li', {}, words, ...(steps.length > 0 ? [listOf(steps)] : []));
  });
  return element('ul', { class: 'plan' }, ...items);
}
