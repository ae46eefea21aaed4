import 'wheatear/ui';
import { name, openDatabase } from './database';
import { newest, places, record } from './readings';

const station = document.querySelector<HTMLElement>('#station')!;
const form = station.querySelector('form')!;
const notice = station.querySelector<HTMLElement>('[role=alert]')!;
// Shows itself only if an upgrade takes long.
const upgrade = document.querySelector('wheatear-upgrade')!;

const db = await openDatabase({
  onProgress: upgrade.onProgress,
  onSuperseded: () => document.body.prepend(document.createElement('wheatear-superseded')),
}).catch((error) => {
  // It could not be opened or upgraded, and is as it was before. This says so in words for people, and offers what helps.
  const recovery = document.createElement('wheatear-recovery');
  recovery.error = error;
  recovery.database = name;
  document.body.replaceChildren(recovery);
  throw error;
});
upgrade.remove();

const { from, to } = db.report;
station.querySelector('output')!.textContent = from && from !== to ? `${from} → ${to}` : to;
form.querySelector('select')!.append(...(await places(db)).map(({ id, name }) => new Option(name, String(id))));

form.onsubmit = async (event) => {
  event.preventDefault();
  const { place, temperature, humidity } = Object.fromEntries(new FormData(form));
  notice.hidden = true;
  try {
    await record(db, {
      place_id: Number(place),
      temp_c: Number(temperature),
      humidity: humidity ? Number(humidity) : null,
    });
    form.reset();
  } catch (error) {
    notice.textContent = String(error);
    notice.hidden = false;
  }
};

// Called now, and whenever a tab has changed what the query reads.
db.watch(newest, (readings) => {
  const items = readings.map(({ place, temp_c, humidity }) => {
    const item = document.createElement('li');
    item.textContent = `${place}: ${temp_c} °C${humidity === null ? '' : `, ${humidity} %`}`;
    return item;
  });
  station.querySelector('ul')!.replaceChildren(...items);
});
station.hidden = false;

if (import.meta.env.DEV) {
  const inspector = document.createElement('wheatear-inspector');
  inspector.database = db;
  document.body.append(inspector);
}
