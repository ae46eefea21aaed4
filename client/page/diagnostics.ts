import type { Request } from '../protocol/messages.js';
import type { Plan } from '../protocol/migration-operation.js';
import { textsOf } from '../protocol/operations.js';
import type { Progress, StatementProgress } from '../protocol/progress.js';
import type { Report } from '../protocol/report.js';
import type { Phase, Timing } from '../protocol/timing.js';

/** From when a statement takes long, in milliseconds: a person notices it. */
const slowLimit = 100;

/** What a developer sees of a database: how long what takes, in the browser's tools; with `debug`, more in the console. */
export class Diagnostics {
  readonly #database: string;
  /** Whether more of it is wanted in the console. */
  readonly isVerbose: boolean;
  readonly #opened = performance.now();
  #searched: number | undefined;
  #hasQueried = false;
  /** The migration's statement that runs, and since when. */
  #running: { statement: StatementProgress; since: number } | undefined;

  constructor(database: string, isVerbose: boolean) {
    this.#database = database;
    this.isVerbose = isVerbose;
  }

  /** Something took from `start` until `end`, as `performance.now()` gives it. */
  measure(phase: Phase, start = this.#opened, end = performance.now()): void {
    const detail = { database: this.#database, devtools: { dataType: 'track-entry', track: 'Wheatear' } };
    performance.measure(`wheatear:${phase}`, { start: Math.max(0, start), end, detail });
    this.#log(`${phase} took ${rounded(end - start)} ms`);
  }

  /** Something took its time in the worker. Before it opened a file, the page may have looked for it. */
  measured({ phase, start, end }: Timing): void {
    const since = phase === 'storage' ? this.#searched : undefined;
    if (phase === 'storage') this.#searched = undefined;
    this.measure(phase, since ?? start - performance.timeOrigin, end - performance.timeOrigin);
  }

  /** The page looks where the database is. */
  search(): void {
    this.#searched = performance.now();
  }

  plan(plan: Plan): void {
    const steps = plan.steps.map(({ operation, id }) => `${operation} ${id}`);
    this.#log(`from ${plan.from} to ${plan.to}: ${steps.join(', ')}`, plan);
  }

  /** A listener that hears of progress for this one and for that of the page. */
  listening(onProgress: ((progress: Progress) => void) | undefined): (progress: Progress) => void {
    return (progress) => {
      this.#progress(progress);
      onProgress?.(progress);
    };
  }

  #progress(progress: Progress): void {
    if (progress.type === 'working') return;
    const { statement, since } = this.#running ?? {};
    if (statement && since !== undefined && performance.now() - since > slowLimit) {
      const { migrationId, statement: number, line } = statement;
      this.#log(`statement ${number} on line ${line} of ${migrationId} took ${rounded(performance.now() - since)} ms`);
    }
    this.#running = progress.type === 'statement' ? { statement: progress, since: performance.now() } : undefined;
  }

  report({ applied, rolledBack }: Report): void {
    for (const { id, durationMs } of rolledBack) this.#log(`took back ${id} in ${rounded(durationMs)} ms`);
    for (const { id, durationMs } of applied) this.#log(`applied ${id} in ${rounded(durationMs)} ms`);
  }

  /** A request was answered that was made at `since`; the worker was busy with it for `durationMs`. */
  answered(request: Request, since: number, durationMs: number): void {
    const texts = textsOf(request);
    if (texts.length === 0) return;
    if (!this.#hasQueried) this.measure('first-query', since);
    this.#hasQueried = true;
    if (durationMs > slowLimit) this.#log(`${rounded(durationMs)} ms took: ${texts.join('; ')}`);
  }

  #log(...what: unknown[]): void {
    if (this.isVerbose) console.info(`wheatear ${this.#database}:`, ...what);
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
