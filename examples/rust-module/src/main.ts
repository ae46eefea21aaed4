import { openDatabase } from './database';
import { hide, show, showFailure } from './notice';
import { newest, places, record } from './readings';

const station = document.querySelector<HTMLElement>('#station')!;
const form = station.querySelector('form')!;

const db = await openDatabase({
  onProgress(progress) {
    if (progress.type === 'step') show(`Upgrading: ${progress.number} of ${progress.count}`);
  },
  onSuperseded: () => show('There is a newer version.', { Reload: () => location.reload() }),
}).catch((error) => {
  showFailure(error);
  throw error;
});
hide();

const { from, to } = db.report;
station.querySelector('output')!.textContent = from && from !== to ? `${from} → ${to}` : to;
form.querySelector('select')!.append(...(await places(db)).map(({ id, name }) => new Option(name, String(id))));

form.onsubmit = async (event) => {
  event.preventDefault();
  const { place, temperature, humidity } = Object.fromEntries(new FormData(form));
  try {
    await record(db, {
      place_id: Number(place),
      temp_c: Number(temperature),
      humidity: humidity ? Number(humidity) : null,
    });
    form.reset();
  } catch (error) {
    show(String(error));
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
