import { WheatearError } from 'wheatear';
import { onPress } from './actions.js';
import { adviceFor } from './advice.js';
import { byId, element } from './dom.js';
import { exportWeather, startOverAsFirstVersion } from './weather-database.js';

/** Shows what went wrong in place of the station, with what can be done about it. */
export function showFailure(error: unknown): void {
  const root = document.documentElement;
  const wasReady = root.dataset.state === 'ready';
  root.dataset.state = 'failed';
  describe(error, wasReady ? 'The page had to stop' : 'The database could not be opened');
  // The button that had the focus is gone.
  if (wasReady) byId('main', HTMLElement).focus();
}

/** Makes the buttons of the failure screen work. */
export function prepareFailureActions(): void {
  onPress(byId('try-again', HTMLButtonElement), async () => location.reload());
  onPress(byId('download', HTMLButtonElement), download);
  onPress(byId('failure-start-over', HTMLButtonElement), confirmStartOver);
}

function describe(error: unknown, title: string): void {
  const alert = byId('failure', HTMLElement);
  alert.dataset.code = error instanceof WheatearError ? error.code : 'unexpected';
  alert.replaceChildren(
    element('h2', { id: 'failure-title' }, title),
    element('p', { class: 'message' }, messageOf(error)),
    element('p', { class: 'advice' }, adviceFor(error)),
    element('dl', { class: 'details' }, ...details(error).flatMap(detail)),
  );
}

function details(error: unknown): [string, string | number | undefined][] {
  if (!(error instanceof WheatearError)) return [['Error', error instanceof Error ? error.name : typeof error]];
  return [
    ['Error', error.name],
    ['Code', error.code],
    ['Migration', error.migrationId],
    ['Statement', error.statement],
    ['Line', error.line],
    ['SQLite', error.sqlite && `code ${error.sqlite.code}: ${error.sqlite.message}`],
  ];
}

function detail([name, value]: [string, string | number | undefined]): HTMLElement[] {
  if (value === undefined) return [];
  return [element('div', {}, element('dt', {}, name), element('dd', {}, element('code', {}, String(value))))];
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

function saveFile(file: Blob, name: string): void {
  const link = element('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Revoked at once, the address could be gone before the browser has read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function confirmStartOver(): Promise<void> {
  const dialog = byId('confirm', HTMLDialogElement);
  dialog.returnValue = 'cancel';
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener('close', closed, { once: true }));
  if (dialog.returnValue !== 'delete') return;
  const status = byId('failure-status', HTMLParagraphElement);
  status.textContent = 'Starting over…';
  try {
    await startOverAsFirstVersion();
    location.reload();
  } catch (error) {
    status.textContent = '';
    describe(error, 'Starting over failed');
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
