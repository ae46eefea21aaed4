import type { MigrationStatus, Report } from 'wheatear';
import { element } from './dom.js';
import { formatCount, formatDuration, formatMoment } from './format.js';

/** Shows every migration the page carries, in order: its state, and when and how fast it was applied. */
export function showTimeline(list: HTMLElement, migrations: readonly MigrationStatus[], report: Report): void {
  const justNow = new Set(report.applied.map(({ id }) => id));
  list.replaceChildren(...migrations.map((migration) => timelineEntry(migration, justNow.has(migration.id))));
}

/** What this visit did to the schema, in a sentence. */
export function upgradeSummary({ from, to, applied }: Report): string {
  if (applied.length === 0) return 'Already up to date';
  const duration = formatDuration(applied.reduce((sum, { durationMs }) => sum + durationMs, 0));
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

function timing({ appliedAt, durationMs }: MigrationStatus): (Node | string)[] {
  if (appliedAt === null) return ['Not applied yet'];
  const time = element('time', { datetime: appliedAt.toISOString() }, formatMoment(appliedAt));
  return durationMs === null ? [time] : [time, ` · took\u00a0${formatDuration(durationMs)}`];
}
