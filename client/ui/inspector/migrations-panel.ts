import type { LogEntry, Plan } from '../../protocol/migration-operation.js';
import type { MigrationStatus } from '../../protocol/report.js';
import { element } from '../nodes.js';
import type { InspectedDatabase } from './database.js';
import { code } from './schema-panel.js';
import { type Panel, Section, SectionPanel } from './section.js';
import { tableOf, words } from './table.js';
import { count, milliseconds } from './words.js';

/** So many entries of the log are shown. */
const entriesShown = 200;

/** What is applied, what `open` would do now, and everything that was ever done; each fails for itself. */
export function migrationsPanel(database: InspectedDatabase): Panel {
  return new SectionPanel('Migrations', [
    new Section('Ledger', () => database.status(), ledger),
    new Section('What opening would do now', () => database.plan(), plan),
    new Section('Log', () => database.log(), log),
  ]);
}

function ledger(migrations: readonly MigrationStatus[]): Node[] {
  if (migrations.length === 0) return [element('p', { class: 'dim' }, 'There are no migrations.')];
  const rows = migrations.map(({ id, state, appliedAt, durationMs }) => [
    words(element('code', {}, id)),
    words(element('span', { class: 'tag', 'data-state': state }, state.replaceAll('_', ' '))),
    words(appliedAt ? moment(appliedAt) : '–'),
    words(durationMs === null ? '–' : milliseconds(durationMs)),
  ]);
  return [tableOf('Ledger', ['Migration', 'State', 'Applied', 'Took'], rows)];
}

function plan({ steps, to }: Plan): Node[] {
  if (steps.length === 0) return [element('p', { class: 'dim' }, 'Nothing.')];
  const entries = steps.map(({ operation, id, sql, late, transactional }) => {
    const tags = [...(late ? ['late'] : []), ...(transactional ? [] : ['outside of the transaction'])];
    return element(
      'details',
      { class: 'entry' },
      element(
        'summary',
        {},
        `${operation} `,
        element('code', {}, id),
        ...tags.flatMap((tag) => [' ', element('span', { class: 'tag' }, tag)]),
      ),
      sql === null ? element('p', { class: 'dim' }, 'No SQL: it is code, or only changes the record.') : code(sql),
    );
  });
  return [element('p', {}, `${count(steps.length, 'step')}, to ${to ?? 'an empty database'}.`), ...entries];
}

function log(entries: readonly LogEntry[]): Node[] {
  if (entries.length === 0) return [element('p', { class: 'dim' }, 'Nothing was done yet.')];
  const newest = entries.slice(-entriesShown).reverse();
  const rows = newest.map(({ at, operation, id, outcome, libraryVersion, appVersion }) => [
    words(moment(at)),
    words(operation),
    words(element('code', {}, id)),
    words(outcome),
    words(libraryVersion),
    words(appVersion ?? '–'),
  ]);
  const label = entries.length > newest.length ? `Log: the newest ${newest.length} of ${entries.length}` : 'Log';
  const note = entries.length > newest.length ? [element('p', { class: 'dim' }, `${label}.`)] : [];
  return [...note, tableOf(label, ['When', 'What', 'Migration', 'Outcome', 'Wheatear', 'Application'], rows)];
}

function moment(at: Date): Node {
  const time = element('time', {}, at.toLocaleString());
  time.dateTime = at.toISOString();
  return time;
}
