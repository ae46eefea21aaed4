import type { Backup } from 'wheatear';
import { onPress } from './actions.js';
import { element } from './dom.js';
import { formatBytes, formatMoment } from './format.js';
import { storageNames } from './storage-names.js';

/** Shows copies from before upgrades, each with a button that restores it. */
export function showBackups(
  list: HTMLElement,
  backups: readonly Backup[],
  restore: (backup: Backup) => Promise<void>,
): void {
  list.replaceChildren(...backups.map((backup) => entry(backup, restore)));
}

function entry(backup: Backup, restore: (backup: Backup) => Promise<void>): HTMLElement {
  const { name, createdAt, size, storage } = backup;
  const made = element('time', { datetime: createdAt.toISOString() }, formatMoment(createdAt));
  const button = element('button', { 'aria-label': `Restore ${name}` }, 'Restore');
  button.type = 'button';
  onPress(button, () => restore(backup));
  return element(
    'li',
    { 'data-testid': 'backup', 'data-name': name },
    element(
      'div',
      {},
      element('code', {}, name),
      element('p', { class: 'hint' }, made, ` · ${formatBytes(size)} · ${storageNames[storage]}`),
    ),
    button,
  );
}
