const { invoke } = window.__TAURI__.core;
const { listen } = window.__TAURI__.event;

const form = document.querySelector('form');
const notice = document.querySelector('#notice');

/** What failed, where the database is, and a way to try again. */
function showFailure({ message, path }) {
  const button = document.createElement('button');
  button.textContent = 'Try again';
  button.onclick = () => start('reopen');
  notice.replaceChildren(`${message} The database is ${path}. `, button);
  notice.hidden = false;
}

async function showReadings() {
  const items = (await invoke('newest')).map(({ place, temp_c, humidity }) => {
    const item = document.createElement('li');
    item.textContent = `${place}: ${temp_c} °C${humidity === null ? '' : `, ${humidity} %`}`;
    return item;
  });
  document.querySelector('ul').replaceChildren(...items);
}

async function start(command) {
  try {
    const { from, to } = await invoke(command);
    document.querySelector('output').textContent = from && from !== to ? `${from} → ${to}` : to;
    const places = await invoke('places');
    form.querySelector('select').replaceChildren(...places.map(({ id, name }) => new Option(name, id)));
    await showReadings();
    notice.hidden = true;
  } catch (failure) {
    showFailure(failure);
  }
}

form.onsubmit = async (event) => {
  event.preventDefault();
  const { place, temperature, humidity } = Object.fromEntries(new FormData(form));
  const reading = {
    place_id: Number(place),
    temp_c: Number(temperature),
    humidity: humidity ? Number(humidity) : null,
  };
  try {
    await invoke('record', { reading });
    form.reset();
  } catch (failure) {
    showFailure(failure);
  }
};

// Whichever window has recorded it.
await listen('recorded', () => showReadings().catch(showFailure));
await start('report');
