import { type Database, deleteDatabase, exportDatabase, open, type Progress, type WorkerOptions } from 'wheatear';
import { readingsBeforeTemperature } from './readings.js';
import { insertReadings } from './weather-node.js';

const name = 'weather';

const options: WorkerOptions = {
  worker: () => new Worker(new URL('./database.worker.ts', import.meta.url), { type: 'module' }),
};

/** The schema that the station began with, before it measured temperature. */
export const firstVersion = '0001.create';

/** Opens the weather database with its schema brought up to date, and tells what that takes. */
export function openWeather(onProgress: (progress: Progress) => void): Promise<Database> {
  return open(name, { ...options, onProgress });
}

/** The stored database as it is, whatever state its schema is in. */
export function exportWeather(): Promise<Blob> {
  return exportDatabase(name, options);
}

/** Replaces the database, which must be closed, by an old one: first version, a thousand rows. */
export async function startOverAsFirstVersion(): Promise<void> {
  await deleteDatabase(name, options);
  const database = await open(name, { ...options, target: firstVersion });
  try {
    await database.transaction((transaction) => insertReadings(transaction, readingsBeforeTemperature(1000)));
  } finally {
    await database.close();
  }
}
