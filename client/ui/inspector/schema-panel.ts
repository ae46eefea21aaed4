import { button, element } from '../nodes.js';
import { countButton } from './count-button.js';
import type { InspectedDatabase } from './database.js';
import { failure } from './failure.js';
import {
  type Column,
  columnsOf,
  countOf,
  type ForeignKey,
  foreignKeysOf,
  type Part,
  type Relation,
  relationsOf,
} from './schema.js';
import { type Panel, Section, SectionPanel } from './section.js';
import { tableOf, words } from './table.js';
import { count } from './words.js';

/**
 * What is in the schema. What a table consists of is read when somebody unfolds it: of one that is broken, such as a view of
 * a table that is gone, only that fails.
 *
 * @param onRows shows the rows of a table
 */
export function schemaPanel(database: InspectedDatabase, onRows: (table: string) => void): Panel {
  const unfolded = new Set<string>();
  let sight = new AbortController();
  const hide = () => {
    sight.abort();
    sight = new AbortController();
  };
  const countRows = (table: string, signal: AbortSignal) => countOf(database, table, signal);
  const hidden = () => sight.signal;
  const entry = (relation: Relation) => entryOf(database, relation, unfolded, { countRows, hidden, onRows });
  const render = (relations: Relation[]) => {
    const own = relations.filter(({ owner }) => owner === 'application');
    const others = relations.filter(({ owner }) => owner !== 'application');
    return [
      ...group('Tables', own.filter(({ kind }) => kind !== 'view').map(entry), 'There are none.'),
      ...group('Views', own.filter(({ kind }) => kind === 'view').map(entry)),
      ...group('Internal: of Wheatear, SQLite and virtual tables', others.map(entry)),
    ];
  };
  return new SectionPanel('Schema', [new Section(undefined, () => relationsOf(database), render)], hide);
}

/** What the buttons of a table do. */
interface Buttons {
  readonly countRows: (table: string, signal: AbortSignal) => Promise<number>;
  /** Is aborted when the panel is out of sight. */
  readonly hidden: () => AbortSignal;
  readonly onRows: (table: string) => void;
}

function group(title: string, entries: Node[], otherwise?: string): Node[] {
  if (entries.length > 0) return [element('h3', {}, title), ...entries];
  return otherwise ? [element('h3', {}, title), element('p', { class: 'dim' }, otherwise)] : [];
}

function entryOf(database: InspectedDatabase, relation: Relation, unfolded: Set<string>, buttons: Buttons): Node {
  const { name, indexes, triggers } = relation;
  const parts = [
    ...(indexes.length > 0 ? [count(indexes.length, 'index', 'indexes')] : []),
    ...(triggers.length > 0 ? [count(triggers.length, 'trigger')] : []),
  ];
  const tags = tagsOf(relation).flatMap((tag) => [' ', element('span', { class: 'tag' }, tag)]);
  const summary = element(
    'summary',
    {},
    element('code', {}, name),
    ...tags,
    ...(parts.length > 0 ? [' ', element('span', { class: 'note' }, parts.join(', '))] : []),
  );
  const place = element('div', { class: 'inside' });
  const details = element('details', { class: 'entry', 'data-name': name }, summary, place);
  details.open = unfolded.has(name);
  details.addEventListener('toggle', () => {
    if (!details.open) return void unfolded.delete(name);
    unfolded.add(name);
    void fill(database, relation, place, buttons);
  });
  return details;
}

function tagsOf({ kind, owner, isStrict, isWithoutRowid }: Relation): string[] {
  return [
    ...(kind === 'virtual' ? ['virtual'] : []),
    ...(isStrict ? ['STRICT'] : []),
    ...(isWithoutRowid ? ['WITHOUT ROWID'] : []),
    ...(owner === 'wheatear' ? ['Wheatear'] : []),
    ...(owner === 'sqlite' ? ['SQLite'] : []),
    ...(owner === 'virtual table' ? ['of a virtual table'] : []),
  ];
}

async function fill(
  database: InspectedDatabase,
  relation: Relation,
  place: HTMLElement,
  buttons: Buttons,
): Promise<void> {
  const { name, sql, indexes, triggers } = relation;
  try {
    const [columns, keys] = await Promise.all([columnsOf(database, name), foreignKeysOf(database, name)]);
    place.replaceChildren(
      actions(name, buttons),
      columnTable(name, columns),
      ...list('Foreign keys', keys.map(keyText)),
      ...partList('Indexes', indexes),
      ...partList('Triggers', triggers),
      element('h4', {}, 'SQL'),
      code(sql ?? ''),
    );
  } catch (error) {
    place.replaceChildren(failure(error), code(sql ?? ''));
  }
}

function actions(name: string, { countRows, hidden, onRows }: Buttons): Node {
  const told = element('span', { role: 'status' });
  const counting = countButton('Count rows', hidden, async (signal) => {
    told.textContent = 'Counting …';
    try {
      told.textContent = count(await countRows(name, signal), 'row');
    } catch (error) {
      if (signal.aborted) told.textContent = 'Stopped.';
      else told.replaceChildren(failure(error));
    }
  });
  const showing = button('rows', 'Show rows', () => onRows(name));
  return element('div', { class: 'tools' }, showing, counting, told);
}

function columnTable(name: string, columns: readonly Column[]): Node {
  const rows = columns.map((column) => [
    words(element('code', {}, column.name)),
    words(column.type ? element('code', {}, column.type) : '–'),
    words(...rulesOf(column)),
  ]);
  return tableOf(`Columns of ${name}`, ['Column', 'Type', 'Rules'], rows);
}

function rulesOf({ key, isNotNull, defaultSql, generated, isHidden }: Column): (Node | string)[] {
  const rules = [
    ...(key > 0 ? [key > 1 ? `PRIMARY KEY, part ${key}` : 'PRIMARY KEY'] : []),
    ...(isNotNull ? ['NOT NULL'] : []),
    ...(defaultSql === null ? [] : [`DEFAULT ${defaultSql}`]),
    ...(generated ? [`GENERATED ALWAYS, ${generated.toUpperCase()}`] : []),
    ...(isHidden ? ['hidden'] : []),
  ];
  return [rules.join(' · ')];
}

function keyText({ from, table, to, onUpdate, onDelete }: ForeignKey): string {
  const there = to.length > 0 ? `${table} (${to.join(', ')})` : `the primary key of ${table}`;
  const doing = [
    ...(onUpdate === 'NO ACTION' ? [] : [`ON UPDATE ${onUpdate}`]),
    ...(onDelete === 'NO ACTION' ? [] : [`ON DELETE ${onDelete}`]),
  ];
  return [`${from.join(', ')} → ${there}`, ...doing].join(', ');
}

function list(title: string, texts: readonly string[]): Node[] {
  if (texts.length === 0) return [];
  return [element('h4', {}, title), element('ul', {}, ...texts.map((text) => element('li', {}, text)))];
}

function partList(title: string, parts: readonly Part[]): Node[] {
  if (parts.length === 0) return [];
  const items = parts.map(({ name, sql }) =>
    sql === null
      ? element('p', {}, element('code', {}, name), ' ', element('span', { class: 'note' }, 'of a constraint'))
      : code(sql),
  );
  return [element('h4', {}, title), ...items];
}

/** SQL, which scrolls by itself, with the keyboard too. */
export function code(sql: string): HTMLElement {
  return element('pre', { tabindex: '0', role: 'group', 'aria-label': 'SQL' }, element('code', {}, sql));
}
