import { element } from '../nodes.js';

/** A column of a table: its name, and what stands small beside it. */
export interface Heading {
  readonly name: string;
  readonly note?: string | undefined;
}

/** A table that scrolls sideways by itself, with the keyboard too. */
export function tableOf(
  label: string,
  headings: readonly (string | Heading)[],
  rows: readonly (readonly HTMLTableCellElement[])[],
): HTMLElement {
  const head = headings.map((heading) => {
    const { name, note }: Heading = typeof heading === 'string' ? { name: heading } : heading;
    const notes = note ? [element('span', { class: 'note' }, ` ${note}`)] : [];
    return element('th', { scope: 'col' }, name, ...notes);
  });
  const body = rows.map((cells) => element('tr', {}, ...cells));
  const table = element(
    'table',
    { 'aria-label': label },
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body),
  );
  return element('div', { class: 'scroll', role: 'group', 'aria-label': label, tabindex: '0' }, table);
}

/** A cell of words. */
export function words(...parts: (Node | string)[]): HTMLTableCellElement {
  return element('td', {}, ...parts);
}
