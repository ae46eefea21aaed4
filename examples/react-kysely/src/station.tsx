import { type FormEvent, useState } from 'react';
import { useDatabase } from 'wheatear/react';
import { useKysely, useLive } from './kysely';

export function Station() {
  const { from, to } = useDatabase().report;
  return (
    <>
      <RecordReading />
      <Readings />
      <p>
        Database: <output>{from && from !== to ? `${from} → ${to}` : to}</output>
      </p>
    </>
  );
}

function RecordReading() {
  const kysely = useKysely();
  const { rows: places } = useLive(kysely.selectFrom('place').selectAll().orderBy('name'));
  const [error, setError] = useState<unknown>();

  async function record(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const { place, temperature, humidity } = Object.fromEntries(new FormData(form));
    const reading = {
      place_id: Number(place),
      temp_c: Number(temperature),
      humidity: humidity ? Number(humidity) : null,
    };
    try {
      await kysely.insertInto('reading').values(reading).execute();
      form.reset();
    } catch (failure) {
      setError(failure);
    }
  }

  return (
    <form onSubmit={record}>
      {error !== undefined && <p role="alert">{String(error)}</p>}
      <label>
        Place{' '}
        <select name="place">
          {places?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>{' '}
      <label>
        °C <input name="temperature" type="number" step="any" required />
      </label>{' '}
      <label>
        % humidity <input name="humidity" type="number" min="0" max="100" />
      </label>{' '}
      <button type="submit">Record</button>
    </form>
  );
}

function Readings() {
  const newest = useKysely()
    .selectFrom('reading')
    .innerJoin('place', 'place.id', 'reading.place_id')
    .select(['reading.id', 'place.name as place', 'temp_c', 'humidity'])
    .orderBy('reading.id', 'desc')
    .limit(20);
  const { rows, error } = useLive(newest);
  if (error) return <p role="alert">{String(error)}</p>;
  return (
    <ul>
      {rows?.map(({ id, place, temp_c, humidity }) => (
        <li key={id}>
          {place}: {temp_c} °C{humidity !== null && `, ${humidity} %`}
        </li>
      ))}
    </ul>
  );
}
