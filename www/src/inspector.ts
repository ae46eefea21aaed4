import { addressToInspect, isInspected } from './address.js';
import { byId } from './dom.js';
import type { Weather } from './weather-database.js';

/** Looks into the database at the end of the page, if its address asks for that; else there is a link to such an address. */
export function showInspector({ database }: Weather): void {
  const link = byId('inspect', HTMLAnchorElement);
  link.href = addressToInspect();
  link.hidden = isInspected();
  if (!isInspected()) return;
  const place = byId('inspector', HTMLElement);
  place.hidden = false;
  const inspector = place.querySelector('wheatear-inspector') ?? document.createElement('wheatear-inspector');
  inspector.database = database;
  if (!inspector.isConnected) place.append(inspector);
}
