import type { MigrationStatus, Report } from 'wheatear';
import { element } from './dom.js';
import { formatCount, formatDuration, formatMoment } from './format.js';

/** Shows every migration the page carries, in order: its state, and when and how fast it was applied. */
export function showTimeline(list: HTMLElement, migrations: readonly MigrationStatus[], report: Report): void {
  const justNow = new Set(report.applied.map(({ id }) => id));
  list.replaceChildren(...migrations.map((migration) => timelineEntry(migration, justNow.has(migration.id))));
}

const explanations: Record<MigrationStatus['state'], string> = {
  pending: 'Not applied yet',
  late: 'Not applied yet, although later ones are',
  partly_replaced: 'Some of what it replaces is applied, and not all',
  applied: '',
  edited: 'since then this page has another text of it',
  unknown: 'this page does not have it',
};

/** What this visit did to the schema, in a sentence. */
export function upgradeSummary({ from, to, applied, rolledBack }: Report): string {
  const steps = [...rolledBack, ...applied];
  if (steps.length === 0) return 'Already up to date';
  const duration = formatDuration(steps.reduce((sum, { durationMs }) => sum + durationMs, 0));
  if (applied.length === 0) return `Taken back from ${from} to ${to ?? 'an empty database'} in ${duration}`;
  if (from === null) return `Created with ${formatCount(applied.length, 'migration')} in ${duration}`;
  return `Upgraded from ${from} to ${to} in ${duration}`;
}

function timelineEntry(migration: MigrationStatus, justNow: boolean): HTMLElement {
  const { id, state } = migration;
  const badges = [element('span', { class: `badge ${state}` }, state)];
  if (justNow) badges.push(element('span', { class: 'badge just-now' }, 'just now'));
  return element(
    'li',
    { 'data-testid': 'migration', 'data-id': id, 'data-state': state, 'data-just-now': String(justNow) },
    element('div', { class: 'migration' }, element('code', {}, id), ...badges.flatMap((badge) => [' ', badge])),
    element('p', { class: 'hint' }, ...timing(migration)),
  );
}

function timing({ state, appliedAt, durationMs }: MigrationStatus): (Node | string)[] {
  if (appliedAt === null) return [explanations[state]];
  const time = element('time', { datetime: appliedAt.toISOString() }, formatMoment(appliedAt));
  const took = durationMs === null ? [] : [` · took\u00a0${formatDuration(durationMs)}`];
  return explanations[state] === '' ? [time, ...took] : [time, ...took, ` · ${explanations[state]}`];
}
