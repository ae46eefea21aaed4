import type { Database, Storage } from 'wheatear';
import { onPress } from './actions.js';
import { Chart } from './chart.js';
import { byId } from './dom.js';
import { prepareFailureActions, showFailure } from './failure.js';
import { formatCount, formatDay } from './format.js';
import { readingsOfDay } from './readings.js';
import { Table } from './table.js';
import { loadTemperatures, type TemperatureAt, TemperaturesUnavailable } from './temperatures.js';
import { showTimeline, upgradeSummary } from './timeline.js';
import { showProgress } from './upgrade-progress.js';
import { openWeather, startOverAsFirstVersion } from './weather-database.js';
import { dayAfterNewest, insertReadings } from './weather-node.js';

const storageNames: Record<Storage['kind'], string> = { opfs: 'OPFS' };

let database: Database | undefined;

// Whatever goes wrong anywhere on the page, and whenever, ends up on the failure screen.
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  void fail(event.reason);
});
addEventListener('error', (event) => {
  if (!(event.error instanceof Error)) return;
  event.preventDefault();
  void fail(event.error);
});

prepareFailureActions();
start().catch(fail);

async function start(): Promise<void> {
  database = await openWeather(showProgress);
  const table = new Table(database);
  const chart = new Chart(database);
  await Promise.all([showSchema(database), table.showNewest(), chart.show()]);
  prepareActions(database, table, chart);
  document.documentElement.dataset.state = 'ready';
}

async function showSchema(database: Database): Promise<void> {
  byId('storage', HTMLElement).textContent = storageNames[database.storage.kind];
  byId('schema-version', HTMLElement).textContent = database.report.to ?? 'none';
  byId('upgrade-summary', HTMLElement).textContent = upgradeSummary(database.report);
  showTimeline(byId('timeline', HTMLOListElement), await database.status(), database.report);
}

function prepareActions(database: Database, table: Table, chart: Chart): void {
  table.preparePager();
  onPress(byId('add-day', HTMLButtonElement), () => addDay(database, table, chart));
  onPress(byId('start-over', HTMLButtonElement), async () => {
    await database.close();
    await startOverAsFirstVersion();
    location.reload();
  });
}

async function addDay(database: Database, table: Table, chart: Chart): Promise<void> {
  const status = byId('status', HTMLParagraphElement);
  status.textContent = 'Adding…';
  let temperatureAt: TemperatureAt;
  try {
    temperatureAt = await loadTemperatures();
  } catch (error) {
    if (!(error instanceof TemperaturesUnavailable)) throw error;
    status.textContent = error.message;
    return;
  }
  const day = await dayAfterNewest(database);
  const readings = readingsOfDay(day, temperatureAt);
  await database.transaction((transaction) => insertReadings(transaction, readings));
  await Promise.all([table.showNewest(), chart.show()]);
  status.textContent = `Added ${formatCount(readings.length, 'reading')} for ${formatDay(new Date(day))}.`;
}

async function fail(error: unknown): Promise<void> {
  // What fails in the wake of the first failure would only hide it.
  if (document.documentElement.dataset.state === 'failed') return;
  showFailure(error);
  // Only once it is closed can the stored file be downloaded or deleted.
  await database?.close().catch(() => {});
}
