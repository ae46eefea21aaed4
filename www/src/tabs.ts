import { WheatearSuperseded } from 'wheatear/ui';
import { byId } from './dom.js';
import type { Weather } from './weather-database.js';

/** Says that a newer version of the page runs in another tab, and that this one can do no more. */
export function showSuperseded(): void {
  const banner = byId('superseded', WheatearSuperseded);
  banner.hidden = false;
  byId('owner', HTMLElement).textContent = '';
  for (const button of document.querySelectorAll('button')) button.disabled = true;
  banner.focus();
}

/** Says which tab holds the database. */
export function showOwner({ isOwner, storage }: Weather): void {
  const sentence = isOwner ? 'This tab holds it; others ask this one.' : 'Another tab holds it; this one asks that.';
  byId('owner', HTMLElement).textContent = storage.kind === 'memory' ? '' : sentence;
}
