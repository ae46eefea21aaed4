import { type Backup, type ErrorCode, WheatearError } from 'wheatear';
import { onPress } from './actions.js';
import { addressWithoutStorage, askedStorage, isDurable } from './address.js';
import { adviceFor } from './advice.js';
import { showBackups } from './backup-list.js';
import { confirmed } from './confirm.js';
import { byId, element } from './dom.js';
import { messageOf, reportFailure } from './failure-report.js';
import { saveFile } from './save-file.js';
import { storageNames } from './storage-names.js';
import {
  exportWeather,
  moveWeather,
  restoreWeather,
  startOverAsFirstVersion,
  weatherBackups,
} from './weather-database.js';

/** Shows what went wrong in place of the station, with what can be done about it. */
export function showFailure(error: unknown): void {
  const root = document.documentElement;
  const wasReady = root.dataset.state === 'ready';
  root.dataset.state = 'failed';
  describe(error, wasReady ? 'The page had to stop' : 'The database could not be opened');
  offerActions(error instanceof WheatearError ? error.code : undefined);
  // The button that had the focus is gone.
  if (wasReady) byId('main', HTMLElement).focus();
}

/** Makes the buttons of the failure screen work. */
export function prepareFailureActions(): void {
  onPress(byId('try-again', HTMLButtonElement), async () => location.reload());
  onPress(byId('open-anyway', HTMLButtonElement), async () => location.replace(addressWithoutStorage()));
  onPress(byId('move-here', HTMLButtonElement), moveHere);
  onPress(byId('download', HTMLButtonElement), download);
  onPress(byId('failure-start-over', HTMLButtonElement), confirmStartOver);
}

function describe(error: unknown, title: string): void {
  const heading = element('h2', { id: 'failure-title' }, title);
  reportFailure(byId('failure', HTMLElement), error, { heading, advice: adviceFor(error) });
}

/** Leaves the buttons that can help. */
function offerActions(code: ErrorCode | undefined): void {
  const asked = askedStorage();
  const isElsewhere = code === 'storage_elsewhere';
  const isOfAddress = isElsewhere || code === 'invalid_option' || (code === 'storage_unsupported' && isDurable(asked));
  byId('try-again', HTMLButtonElement).hidden = isOfAddress;
  byId('open-anyway', HTMLButtonElement).hidden = !isOfAddress;
  byId('open-anyway', HTMLButtonElement).textContent = isElsewhere
    ? 'Open it where it lives'
    : 'Open without “?storage”';
  const move = byId('move-here', HTMLButtonElement);
  move.hidden = true;
  if (isElsewhere && isDurable(asked)) {
    move.hidden = false;
    move.textContent = `Move it to ${storageNames[asked]}`;
  }
  // A database that the address did not ask for must not be replaced in passing.
  const isSafe = !isOfAddress && asked !== 'memory';
  byId('failure-start-over', HTMLButtonElement).hidden = !isSafe;
  if (isSafe) void offerBackups();
}

async function offerBackups(): Promise<void> {
  const backups = await weatherBackups();
  byId('failure-backups', HTMLElement).hidden = backups.length === 0;
  showBackups(byId('failure-backup-list', HTMLUListElement), backups, confirmRestore);
}

async function moveHere(): Promise<void> {
  const asked = askedStorage();
  if (isDurable(asked)) await replaceBy('Moving…', 'Moving failed', () => moveWeather(asked));
}

async function download(): Promise<void> {
  const status = byId('failure-status', HTMLParagraphElement);
  status.textContent = 'Reading the stored file…';
  try {
    saveFile(await exportWeather(), 'weather.sqlite3');
    status.textContent = 'Downloaded as weather.sqlite3.';
  } catch (error) {
    status.textContent = `The stored file could not be read either: ${messageOf(error)}`;
  }
}

async function confirmStartOver(): Promise<void> {
  const question = {
    title: 'Delete this database?',
    text: 'Every row in it will be gone, and its backups too. A new one is created as version 0001, with a thousand made-up readings. Download the raw database first if you want to keep it.',
    action: 'Delete and start over',
  };
  if (!(await confirmed(question))) return;
  await replaceBy('Starting over…', 'Starting over failed', () => startOverAsFirstVersion(askedStorage() ?? 'auto'));
}

async function confirmRestore(backup: Backup): Promise<void> {
  const question = {
    title: 'Restore this backup?',
    text: `The stored database is replaced by ${backup.name}. Download the raw database first if you want to keep it.`,
    action: 'Restore it',
  };
  if (!(await confirmed(question))) return;
  await replaceBy('Restoring…', 'Restoring failed', () => restoreWeather(backup));
}

/** Puts something else in the place of the database, and opens the page anew. */
async function replaceBy(doing: string, failed: string, work: () => Promise<void>): Promise<void> {
  const status = byId('failure-status', HTMLParagraphElement);
  status.textContent = doing;
  try {
    await work();
    location.reload();
  } catch (error) {
    status.textContent = '';
    describe(error, failed);
  }
}
