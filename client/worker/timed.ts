import type { Phase } from '../protocol/timing.js';
import type { Client } from './client.js';

/** Does work, and tells the page how long it took, however it ends. */
export async function timed<Result>(page: Client, phase: Phase, work: () => Promise<Result>): Promise<Result> {
  const start = now();
  try {
    return await work();
  } finally {
    page.post({ type: 'timing', phase, start, end: now() });
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
