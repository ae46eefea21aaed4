import { openDatabase } from './database';
import { hide, show, showFailure } from './notice';
import { follow, newest, places, record } from './readings';

const station = document.querySelector<HTMLElement>('#station')!;
const form = station.querySelector('form')!;

const { db, orm } = await openDatabase({
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
form.querySelector('select')!.append(...(await places(orm)).map(({ id, name }) => new Option(name, String(id))));

form.onsubmit = async (event) => {
  event.preventDefault();
  const { place, temperature, humidity } = Object.fromEntries(new FormData(form));
  try {
    await record(orm, {
      placeId: Number(place),
      tempC: Number(temperature),
      humidity: humidity ? Number(humidity) : null,
    });
    form.reset();
  } catch (error) {
    show(String(error));
  }
};

follow(db, newest(orm), (readings) => {
  const items = readings.map(({ place, tempC, humidity }) => {
    const item = document.createElement('li');
    item.textContent = `${place}: ${tempC} °C${humidity === null ? '' : `, ${humidity} %`}`;
    return item;
  });
  station.querySelector('ul')!.replaceChildren(...items);
});
station.hidden = false;
