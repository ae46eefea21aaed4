import { type DefinitionError, WheatearError } from '../protocol/errors.js';
import { type Equipment, type Greeting, type Hello, isGreeting } from '../protocol/greeting.js';
import type { Operations, OperationType, WorkerMessage } from '../protocol/messages.js';
import { transfersOf } from '../protocol/operations.js';
import { protocolVersion } from '../protocol/version.js';
import { Deferred } from './deferred.js';
import { has, kindOf } from './kind-of.js';
import { exampleOfWorker, invalidOption } from './option-rules.js';
import { type Listeners, Requests, type Wire } from './requests.js';
import { describeScript, type WorkerEnd, type WorkerStart } from './start-worker.js';
import { workerFailed } from './worker-failed.js';

/**
 * How long a worker may say nothing at all, in milliseconds: its script may come over a slow network, and no browser tells
 * whether it has come.
 */
const silenceLimit = 20_000;

/** How long it may say other things, once it is there, in milliseconds. */
const otherTalkLimit = 3000;

/** Every worker that was ever used: each is ended with the connection that it was started for. */
const used = new WeakSet<object>();

/** The page's end of the wire to a worker. */
export class WorkerConnection {
  readonly #worker: WorkerEnd;
  /** How it was started. */
  readonly #start: WorkerStart;
  readonly #hello: Hello;
  /** What follows it, once that is known. */
  #equipment: Equipment | undefined;
  readonly #requests = new Requests();
  readonly #onEnd: (why: WheatearError) => void;
  /** Whether the worker has said that it is there, and this page's. */
  #isReady = false;
  /** How long it may take to greet, as was last said. */
  #greetingLimit = Number.POSITIVE_INFINITY;
  #silence: ReturnType<typeof setTimeout> | undefined;
  /** Rejects when the connection ends. */
  readonly #ending = new Deferred<never>();
  readonly #greeting = new Deferred<void>();
  #ended: WheatearError | undefined;
  #isHopeless = false;
  /** Whether nobody else uses the worker. */
  #isOurs = true;

  /**
   * Starts the worker; `onEnd` is called when it is gone, and `onMessage` with everything that it says. Throws a
   * `ConnectionError` if the browser refuses to, and a `DefinitionError` if that is no new worker.
   */
  constructor(
    start: WorkerStart,
    onEnd: (why: WheatearError) => void,
    onMessage: (message: WorkerMessage) => void = () => {},
  ) {
    const worker = started(start.worker);
    this.#worker = worker;
    this.#start = start;
    this.#hello = { type: 'hello', from: crypto.randomUUID(), bringsWasm: start.wasm !== undefined };
    this.#onEnd = onEnd;
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (this.#ended) return;
      if (isGreeting(data)) return this.#greet(data);
      if (!this.#isReady) return this.#await(otherTalkLimit, 'it says other things');
      // The script may have more to say than what is ours.
      if (typeof data !== 'object' || data === null || !('type' in data)) return;
      this.#requests.receive(data as WorkerMessage);
      onMessage(data as WorkerMessage);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      // What a script throws has a place in it, and it would throw it again; what could not be loaded may come yet.
      const isThrown = event.lineno > 0 && !this.#isReady;
      const cause = event.message || `its script, or what that imports, could not be loaded (${describeScript(start)})`;
      this.end(workerFailed(cause), isThrown);
    });
    worker.addEventListener('messageerror', () => this.end(workerFailed('it sent what this page cannot read')));
    this.#await(silenceLimit, 'it says nothing');
    this.#introduce();
    start.wasm?.then(
      (wasm) => {
        this.#equipment = { type: 'equipment', from: this.#hello.from, wasm };
        worker.postMessage(this.#equipment);
      },
      (error) => this.end(error, true),
    );
  }

  /** Sends to the worker what somebody else waits for. */
  readonly wire: Wire = (request) => this.#worker.postMessage(request, transfersOf(request));

  /** Resolves once the worker's script runs, if it ever does. */
  get greeting(): Promise<void> {
    return this.#greeting.promise;
  }

  /** Why it ended; `undefined` while it has not. */
  get ended(): WheatearError | undefined {
    return this.#ended;
  }

  /** Whether another worker would end for the same reason. */
  get isHopeless(): boolean {
    return this.#isHopeless;
  }

  /** Sends one request; rejects with a `WheatearError`. */
  request<Type extends OperationType>(
    type: Type,
    request: Operations[Type]['request'],
    listeners: Listeners = {},
  ): Promise<Operations[Type]['response']> {
    return this.#requests.request(type, request, listeners);
  }

  /** What `work` resolves to, unless the connection ends before. */
  race<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#ending.promise]);
  }

  /**
   * Terminates the worker; this and every later request rejects with `error`.
   *
   * @param isHopeless whether another worker would end for the same reason
   */
  end(error: WheatearError, isHopeless = false): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#isHopeless = isHopeless;
    clearTimeout(this.#silence);
    if (this.#isOurs) this.#worker.terminate();
    this.#requests.end(error);
    this.#ending.reject(error);
    this.#onEnd(error);
  }

  #introduce(): void {
    this.#worker.postMessage(this.#hello);
    if (this.#equipment) this.#worker.postMessage(this.#equipment);
  }

  #greet(greeting: Greeting): void {
    if (greeting.type === 'serving') this.#introduce();
    if (greeting.type === 'serving' || greeting.to !== this.#hello.from || this.#isReady) return;
    // It goes on for whoever has it.
    this.#isOurs = greeting.type === 'welcome';
    if (!this.#isOurs) {
      this.#giveUp(
        `it serves somebody else already; the option worker must start a new one, such as ${exampleOfWorker}`,
      );
    } else if (greeting.protocol !== protocolVersion) {
      this.#giveUp('its script has another version of Wheatear than this page; deploy both together, and reload');
    } else {
      this.#isReady = true;
      this.#greeting.resolve();
      clearTimeout(this.#silence);
      this.#requests.connect(this.wire);
    }
  }

  /** Gives the worker so many milliseconds to greet, unless that has less time already. */
  #await(limit: number, instead: string): void {
    if (limit >= this.#greetingLimit) return;
    this.#greetingLimit = limit;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      const cure = "its script must call serve of 'wheatear/worker', and not take longer to load";
      this.#giveUp(`within ${limit / 1000} s it has not greeted, ${instead}; ${cure} (${describeScript(this.#start)})`);
    }, limit);
  }

  #giveUp(cause: string): void {
    this.end(workerFailed(cause), true);
  }
}

function started(start: () => WorkerEnd): WorkerEnd {
  let worker: unknown;
  try {
    worker = start();
  } catch (error) {
    throw error instanceof WheatearError ? error : workerFailed(String(error));
  }
  if (!isWorker(worker)) throw notAWorker(`it gave ${kindOf(worker)}`);
  if (used.has(worker)) throw notAWorker('it gave one again that is, or was, in use');
  used.add(worker);
  return worker;
}

function isWorker(value: unknown): value is WorkerEnd {
  return has(value, 'postMessage', 'terminate', 'addEventListener');
}

function notAWorker(fault: string): DefinitionError {
  return invalidOption(
    `The option worker must be a function that starts a new Worker each time, and ${fault}; write, for example, ${exampleOfWorker}.`,
  );
}
