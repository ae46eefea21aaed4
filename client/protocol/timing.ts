// How long it takes until a database can be used.

/** What takes its time; `performance.measure` has it behind `wheatear:`. */
export type Phase =
  /** Until the worker's script runs. */
  | 'worker-start'
  /** Loading and compiling the wasm module, in the worker. */
  | 'compile'
  /** Until this tab has the right to the database, or another one lets it in. */
  | 'lock'
  /** Finding the database and opening its file. */
  | 'storage'
  /** Looking what is to be done, and doing it. */
  | 'migrate'
  /** From the first statement to its answer. */
  | 'first-query';

/** Worker to page, unasked: how long something took. In milliseconds since 1970, for each has a clock of its own. */
export interface Timing {
  type: 'timing';
  phase: Phase;
  start: number;
  end: number;
}
