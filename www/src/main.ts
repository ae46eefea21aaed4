import { type Progress, WheatearError } from 'wheatear';
import { WheatearUpgrade } from 'wheatear/ui';
import { isBusy, onPress } from './actions.js';
import { adviceForFile } from './advice.js';
import { Chart } from './chart.js';
import { byId } from './dom.js';
import { prepareFailureActions, showFailure } from './failure.js';
import { Files } from './files.js';
import { formatCount, formatDay } from './format.js';
import { showHome } from './home.js';
import { showInspector } from './inspector.js';
import { readingsOfDay } from './readings.js';
import { Table } from './table.js';
import { showOwner, showSuperseded } from './tabs.js';
import { loadTemperatures, type TemperatureAt, TemperaturesUnavailable } from './temperatures.js';
import { showTimeline, upgradeSummary } from './timeline.js';
import { Weather } from './weather-database.js';
import { dayAfterNewest, insertReadings } from './weather-node.js';

let weather: Weather | undefined;

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
  const opened = await Weather.open({
    onProgress: showProgress,
    onChange: () => void showNews(),
    onOwnerChange: () => weather && showOwner(weather),
    onSuperseded: showSuperseded,
  });
  weather = opened;
  const table = new Table(opened);
  const chart = new Chart(opened);
  const files = new Files(opened, showAll);
  await showAll();
  table.preparePager();
  files.prepare();
  prepareActions(opened, table, chart);
  document.documentElement.dataset.state = 'ready';

  /** Shows the rows that there are now, which may be another tab's doing. */
  async function showNews(): Promise<void> {
    // What this page does itself it shows when it is done.
    if (document.documentElement.dataset.state !== 'ready' || !opened.isOpen || isBusy()) return;
    await Promise.all([table.refresh(), chart.show()]);
  }

  async function showAll(): Promise<void> {
    showHome(opened);
    showOwner(opened);
    showInspector(opened);
    await Promise.all([showSchema(opened), table.showNewest(), chart.show(), files.show()]);
  }
}

/** Shows how far the upgrade is, in place of “Opening the database…”. Most are over before that. */
function showProgress(progress: Progress): void {
  byId('opening', HTMLElement).hidden = true;
  byId('upgrade', WheatearUpgrade).progress = progress;
}

async function showSchema(weather: Weather): Promise<void> {
  byId('schema-version', HTMLElement).textContent = weather.report.to ?? 'none';
  byId('upgrade-summary', HTMLElement).textContent = upgradeSummary(weather.report);
  showTimeline(byId('timeline', HTMLOListElement), await weather.status(), weather.report);
}

function prepareActions(weather: Weather, table: Table, chart: Chart): void {
  onPress(byId('add-day', HTMLButtonElement), () => addDay(weather, table, chart));
  onPress(byId('start-over', HTMLButtonElement), async () => {
    const status = byId('start-over-status', HTMLParagraphElement);
    status.textContent = 'Starting over…';
    try {
      await weather.startOver();
      location.reload();
    } catch (error) {
      if (!weather.isOpen) throw error;
      status.textContent = adviceForFile(error);
    }
  });
}

async function addDay(weather: Weather, table: Table, chart: Chart): Promise<void> {
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
  const day = await dayAfterNewest(weather);
  const readings = readingsOfDay(day, temperatureAt);
  await weather.transaction((transaction) => insertReadings(transaction, readings));
  await Promise.all([table.showNewest(), chart.show()]);
  status.textContent = `Added ${formatCount(readings.length, 'reading')} for ${formatDay(new Date(day))}.`;
}

async function fail(error: unknown): Promise<void> {
  // What fails in the wake of the first failure would only hide it.
  if (document.documentElement.dataset.state === 'failed') return;
  // The banner says so, and what is shown may still be read.
  if (error instanceof WheatearError && error.code === 'superseded') return;
  showFailure(error);
  // Only once it is closed can the stored file be downloaded or deleted.
  await weather?.close().catch(() => {});
}
