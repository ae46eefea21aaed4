import type { Backup, ErrorCode, StorageChoice } from 'wheatear';
import { recoveryCase, recoveryMessages, WheatearRecovery } from 'wheatear/ui';
import { onPress } from './actions.js';
import { addressWithoutStorage, askedStorage, isDurable } from './address.js';
import { showBackups } from './backup-list.js';
import { confirmed } from './confirm.js';
import { byId } from './dom.js';
import { storageNames } from './storage-names.js';
import {
  databaseName,
  moveWeather,
  restoreWeather,
  startOverAsFirstVersion,
  weatherBackups,
} from './weather-database.js';

/** Shows what went wrong in place of the station, with what can be done about it. */
export function showFailure(error: unknown): void {
  document.documentElement.dataset.state = 'failed';
  const recovery = element();
  const asked = askedStorage();
  const { code } = Object(error) as { code?: ErrorCode };
  const isElsewhere = code === 'storage_elsewhere';
  const isOfAddress = isElsewhere || code === 'invalid_option' || (code === 'storage_unsupported' && isDurable(asked));
  // What is in memory is gone.
  if (asked !== 'memory') recovery.database = databaseName;
  if (isOfAddress) offerAddress(recovery, code, isElsewhere);
  recovery.error = error;
  const move = byId('move-here', HTMLButtonElement);
  move.hidden = !isElsewhere || !isDurable(asked);
  if (isDurable(asked)) move.textContent = `Move it to ${storageNames[asked]}`;
  // A database that the address did not ask for must not be replaced in passing.
  if (!isOfAddress && asked !== 'memory' && recoveryCase(error) !== 'busy') void offerBackups(recovery);
}

/** Makes what this page adds to the failure screen work. */
export function prepareFailureActions(): void {
  const recovery = element();
  onPress(byId('move-here', HTMLButtonElement), async () => {
    const asked = askedStorage();
    if (isDurable(asked)) await replaceBy(recovery, 'Moving…', () => moveWeather(asked));
  });
  recovery.addEventListener('wheatear-start-over', (event) => {
    event.preventDefault();
    const storage: StorageChoice = askedStorage() ?? 'auto';
    void replaceBy(recovery, recovery.messages.startingOver, () => startOverAsFirstVersion(storage));
  });
}

/** It is the page's address that does not fit: then trying again is opening another one. */
function offerAddress(recovery: WheatearRecovery, code: ErrorCode, isElsewhere: boolean): void {
  const words = isElsewhere
    ? {
        title: 'The database lives elsewhere',
        text: 'Open it where it lives, or move it to where the page’s address asks for it.',
      }
    : {
        title: 'There is no such storage',
        text: 'The page’s address asks for a storage that there is not. Open the page without “?storage”.',
      };
  recovery.messages = {
    codes: { ...recoveryMessages.codes, [code]: words },
    tryAgain: isElsewhere ? 'Open it where it lives' : 'Open without “?storage”',
  };
  recovery.addEventListener('wheatear-retry', (event) => {
    event.preventDefault();
    location.replace(addressWithoutStorage());
  });
}

async function offerBackups(recovery: WheatearRecovery): Promise<void> {
  const backups = await weatherBackups();
  byId('failure-backups', HTMLElement).hidden = backups.length === 0;
  showBackups(byId('failure-backup-list', HTMLUListElement), backups, (backup) => confirmRestore(recovery, backup));
}

async function confirmRestore(recovery: WheatearRecovery, backup: Backup): Promise<void> {
  const question = {
    title: 'Restore this backup?',
    text: `The stored database is replaced by ${backup.name}. Download your data first if you want to keep it.`,
    action: 'Restore it',
  };
  if (!(await confirmed(question))) return;
  await replaceBy(recovery, 'Restoring…', () => restoreWeather(backup));
}

/** Puts something else in the place of the database, and opens the page anew. */
async function replaceBy(recovery: WheatearRecovery, doing: string, work: () => Promise<void>): Promise<void> {
  if (await recovery.attempt(doing, work)) location.reload();
}

function element(): WheatearRecovery {
  return byId('failure', WheatearRecovery);
}
