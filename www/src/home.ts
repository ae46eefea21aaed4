import type { PassedOver, Storage } from 'wheatear';
import { askedStorage } from './address.js';
import { byId, element } from './dom.js';
import { storageNames } from './storage-names.js';
import type { Weather } from './weather-database.js';

/** Shows where the data lives, why there, and whether the browser has promised to keep it. */
export function showHome({ storage, report }: Weather): void {
  const wasAsked = (askedStorage() ?? 'auto') !== 'auto';
  const isNew = report.from === null;
  // Some parts of the page make no sense for a database that is gone when it is closed.
  document.documentElement.dataset.storage = storage.kind;
  byId('storage', HTMLElement).textContent = storageNames[storage.kind];
  byId('storage-sentence', HTMLElement).textContent = sentence(storage, wasAsked, isNew);
  byId('storage-persisted', HTMLElement).textContent = promise(storage);
  showReasons(wasAsked ? [] : storage.passedOver);
}

function sentence({ kind, passedOver }: Storage, wasAsked: boolean, isNew: boolean): string {
  if (kind === 'memory') return 'Only in this page, as its address asks: all of it is gone when you leave.';
  const place = kind === 'opfs' ? 'This site’s private files, on your device' : 'This site’s IndexedDB, on your device';
  if (wasAsked) return `${place}, as the page’s address asks.`;
  if (passedOver.length === 0) return `${place}.`;
  return isNew ? `${place}: this browser gives the page no private files.` : `${place}, where it lives already.`;
}

function promise({ kind, persisted }: Storage): string {
  if (kind === 'memory') return '';
  return persisted
    ? 'The browser has promised to keep it.'
    : 'The browser has not promised to keep it if the disk gets full.';
}

/** The better storages that were not taken, each with the browser's own words. */
function showReasons(passedOver: readonly PassedOver[]): void {
  const details = byId('storage-reasons', HTMLDetailsElement);
  details.hidden = passedOver.length === 0;
  const names = passedOver.map(({ kind }) => storageNames[kind]).join(' or ');
  details.replaceChildren(
    element('summary', {}, `Why not ${names}?`),
    ...passedOver.map(({ kind, reason }) => element('p', {}, `${storageNames[kind]}: ${reason}`)),
  );
}
