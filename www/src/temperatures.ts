import address from 'vega-datasets/data/seattle-weather-hourly-normals.csv?url';

/** The data set of temperatures could not be fetched; pressing again may help. */
export class TemperaturesUnavailable extends Error {
  override readonly name = 'TemperaturesUnavailable';
}

/** Gives the temperature in °C that Seattle has at that hour of the year, averaged over 1981–2010. */
export type TemperatureAt = (time: Date) => number;

let fetched: TemperatureAt | undefined;

/** Fetches the data set when first asked. */
export async function loadTemperatures(): Promise<TemperatureAt> {
  fetched ??= temperatureLookup(await fetchText());
  return fetched;
}

async function fetchText(): Promise<string> {
  try {
    const response = await fetch(address);
    if (response.ok) return await response.text();
  } catch {
    // Offline, or the connection broke: for the reader the same as an answer that is not OK.
  }
  throw new TemperaturesUnavailable('The temperatures could not be fetched. Check the connection and try again.');
}

function temperatureLookup(csv: string): TemperatureAt {
  const [header, ...lines] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const date = header?.indexOf('date') ?? -1;
  const temperature = header?.indexOf('temperature') ?? -1;
  const byHour = new Map<string, number>();
  for (const line of lines) {
    // The data set keeps Seattle's standard time all year.
    byHour.set(hourOfYear(new Date(`${line[date]}-08:00`)), Number(line[temperature]));
  }
  return (time) => {
    // It has no 29 February and lacks the first hour of January: the day before stands in.
    const dayBefore = new Date(time.getTime() - 86_400_000);
    const celsius = byHour.get(hourOfYear(time)) ?? byHour.get(hourOfYear(dayBefore));
    if (celsius === undefined) throw new TemperaturesUnavailable(`No temperature is known for ${time.toISOString()}.`);
    return celsius;
  };
}

/** Such as `07-28T16`, in UTC. */
function hourOfYear(time: Date): string {
  return time.toISOString().slice(5, 13);
}
