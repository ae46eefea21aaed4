import type { DatabaseInfo } from '../../protocol/database-info.js';
import { storageNames } from '../../protocol/storage-kind.js';
import { element } from '../nodes.js';
import type { InspectedDatabase } from './database.js';
import { type Panel, Section, SectionPanel } from './section.js';
import { tableOf, words } from './table.js';
import { version } from './version.js';
import { count, milliseconds, number, size } from './words.js';

/** What this origin stores, as far as the browser tells. Source: https://storage.spec.whatwg.org/#dom-storagemanager-estimate */
interface Estimate {
  readonly usage?: number;
  readonly quota?: number;
}

/** Where the database lives and which tab has it, how big it is, and of which versions everything is. */
export function storagePanel(database: InspectedDatabase): Panel {
  const read = async () => {
    const [info, estimate] = await Promise.all([database.info(), estimateOf()]);
    return { info, estimate };
  };
  return new SectionPanel('Storage', [
    new Section('Owner and storage', read, ({ info, estimate }) => [home(database.name, info, estimate)]),
    new Section('Versions', () => database.info(), versions),
    new Section('What took how long', async () => timings(database.name), timingTable),
  ]);
}

function home(name: string, info: DatabaseInfo, { usage, quota }: Estimate): Node {
  const { storage, isOwner, room, pageSize, freePages } = info;
  const pages = `${count(info.size / pageSize, 'page')} of ${number(pageSize)} bytes, ${number(freePages)} of them free`;
  return facts([
    ['Database', name],
    [
      'Owner',
      isOwner
        ? 'This tab: its worker holds the database, and other tabs ask it.'
        : 'Another tab: its worker holds the database, and this tab asks it.',
    ],
    ['Storage', storageNames[storage.kind]],
    ...storage.passedOver.map(({ kind, reason }) => [`Not ${storageNames[kind]}`, reason] as const),
    [
      'Kept',
      storage.persisted
        ? 'The browser has promised to keep it.'
        : 'The browser has not promised to keep it when the disk gets full.',
    ],
    ['Size', size(info.size)],
    ['Pages', pages],
    ['Room left', room === null ? 'The browser does not tell.' : size(room)],
    ...(quota === undefined ? [] : [['Quota of this origin', quotaText(usage, quota)] as const]),
  ]);
}

function quotaText(usage: number | undefined, quota: number): string {
  return usage === undefined ? size(quota) : `${size(usage)} of ${size(quota)} used`;
}

function versions({ version: schema, sqlite }: DatabaseInfo): Node[] {
  const options = element(
    'details',
    { class: 'entry' },
    element('summary', {}, `SQLite was compiled with ${count(sqlite.options.length, 'option')}`),
    element('ul', {}, ...sqlite.options.map((option) => element('li', {}, element('code', {}, option)))),
  );
  const known = [
    ['Schema', schema ?? 'No migration is applied.'],
    ['Wheatear', version],
    ['SQLite', sqlite.version],
  ] as const;
  return [facts(known), options];
}

interface Timing {
  readonly phase: string;
  readonly at: number;
  readonly duration: number;
}

/** What `open` has measured, in this tab. */
function timings(database: string): Timing[] {
  return performance
    .getEntriesByType('measure')
    .filter((entry): entry is PerformanceMeasure => isOf(entry, database))
    .map(({ name, startTime, duration }) => ({ phase: name.replace('wheatear:', ''), at: startTime, duration }));
}

function isOf(entry: PerformanceEntry, database: string): boolean {
  if (!entry.name.startsWith('wheatear:') || !('detail' in entry)) return false;
  const { detail } = entry;
  return typeof detail === 'object' && detail !== null && 'database' in detail && detail.database === database;
}

function timingTable(timings: readonly Timing[]): Node[] {
  if (timings.length === 0) return [element('p', { class: 'dim' }, 'Nothing was measured in this tab.')];
  const rows = timings.map(({ phase, at, duration }) => [
    words(element('code', {}, phase)),
    words(milliseconds(at)),
    words(milliseconds(duration)),
  ]);
  return [tableOf('What took how long', ['What', 'Since the page began', 'Took'], rows)];
}

function facts(known: readonly (readonly [string, string])[]): Node {
  const pairs = known.map(([term, text]) => element('div', {}, element('dt', {}, term), element('dd', {}, text)));
  return element('dl', {}, ...pairs);
}

async function estimateOf(): Promise<Estimate> {
  try {
    return await navigator.storage.estimate();
  } catch {
    return {};
  }
}
