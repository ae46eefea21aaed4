import type { Progress, StepProgress } from '../protocol/progress.js';

/** How often those hear of an upgrade who have not asked for all of it, in milliseconds: often enough for a sign of life. */
const pause = 50;

/** Thins out what is told of an upgrade: of what takes less than a moment nobody would see anything. */
export class ProgressNews {
  readonly #tell: (progress: Progress) => void;
  #toldAt = performance.now();
  /** The step that goes on and was not told of. */
  #step: StepProgress | undefined;

  constructor(tell: (progress: Progress) => void) {
    this.#tell = tell;
  }

  /** Tells it, behind the step that it belongs to, unless something was told just now. */
  hear(progress: Progress): void {
    const now = performance.now();
    if (progress.type === 'step') this.#step = progress;
    if (now - this.#toldAt < pause) return;
    this.#toldAt = now;
    const step = this.#step;
    this.#step = undefined;
    if (step && step !== progress) this.#tell(step);
    this.#tell(progress);
  }
}
