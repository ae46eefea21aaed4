import type { WorkerEnd } from '../page/start-worker.js';
import type { WheatearModule } from '../worker/module.js';
import { nextTask } from '../worker/next-task.js';
import { type FromPage, type Reception, receptionFor, type ToPage } from '../worker/reception.js';
import type { ServeOptions } from '../worker/serve-options.js';

/**
 * In the place of a worker: what the script of one does, in this thread. What is said is copied and comes in a task of its
 * own, as it does between a page and its worker.
 */
export class InProcessWorker extends EventTarget implements WorkerEnd {
  readonly #reception: Reception;
  #isTerminated = false;

  constructor(module: WheatearModule, options: ServeOptions) {
    super();
    this.#reception = receptionFor(module, options, (message, transfer) => this.#tell(message, transfer));
  }

  postMessage(message: FromPage, given: Transferable[] | StructuredSerializeOptions = []): void {
    const transfer = Array.isArray(given) ? given : (given.transfer ?? []);
    const data = structuredClone(message, { transfer });
    void nextTask().then(() => {
      if (!this.#isTerminated) this.#reception.receive(data);
    });
  }

  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    void this.#reception.close();
  }

  #tell(message: ToPage, transfer: Transferable[]): void {
    const data = structuredClone(message, { transfer });
    void nextTask().then(() => {
      if (!this.#isTerminated) this.dispatchEvent(new MessageEvent('message', { data }));
    });
  }
}
