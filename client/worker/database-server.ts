import type { ErrorData } from '../protocol/errors.js';
import type { WasmSource } from '../protocol/greeting.js';
import type { TransactionId } from '../protocol/ids.js';
import type { Request } from '../protocol/messages.js';
import type { MigrationSummary } from '../protocol/migration-set.js';
import { isRepeatable, operations, transactionOf } from '../protocol/operations.js';
import type { Client } from './client.js';
import { CommitLost } from './commit-lost.js';
import { DatabaseWork, type Turns } from './database-work.js';
import { errorDataOf, faultData, isFault } from './fault.js';
import type { WheatearModule } from './module.js';
import { nextTask } from './next-task.js';
import { Deleted } from './opfs-files.js';
import type { ServeOptions } from './serve-options.js';
import { TransactionQueue } from './transaction-queue.js';

/** The answer to what its client has cancelled; that client waits for it no longer. */
const cancelled: ErrorData = { class: 'ApplyError', code: 'cancelled', message: 'This is no longer wanted.' };

/** Gives the requests of this worker's page and of other tabs their turns, one at a time, and answers them. */
export class DatabaseServer implements Turns {
  readonly #work: DatabaseWork;
  readonly #queue = new TransactionQueue();
  /** Done when everything before is: opening takes time, and what comes after must wait for it. */
  #previous: Promise<void> = Promise.resolve();
  /** Why nothing can be done any more. */
  #failure: ErrorData | undefined;
  /** Whether nothing more is begun but what belongs to the open transaction. */
  #isRetiring = false;
  #onTransactionEnd: () => void = () => {};

  /** @param wasm where the module's wasm file is, if its script does not know */
  constructor(module: WheatearModule, options: ServeOptions, wasm: Promise<WasmSource | undefined>, page: Client) {
    this.#work = new DatabaseWork(module, options, wasm, page, this);
  }

  receive(request: Request, client: Client): void {
    const { turn } = operations[request.type];
    const transaction = transactionOf(request);
    if (transaction !== undefined && transaction === client.transaction) client.wake();
    // A tab that wants something done within a retiring owner hears from `Owner` that the owner changes, and asks the next.
    else if (this.#isRetiring && turn !== 'in order' && turn !== 'at once') return;
    client.wanted.add(request.id);
    if (turn === 'at once') void this.#respond(request, client);
    else this.#then(() => this.#schedule(request, client));
  }

  begin(client: Client): TransactionId {
    return client.begin(this.#queue.begin());
  }

  forget(client: Client): void {
    client.close();
    this.#then(() => this.#rollBack(client));
  }

  /** Finishes everything that has come, takes on nothing more, and closes the database. */
  async retire(): Promise<void> {
    this.#isRetiring = true;
    // A request that waits for a transaction to end is carried out then, and may begin another one.
    for (let done: Promise<void> | undefined; done !== this.#previous || this.#queue.open !== undefined; ) {
      done = this.#previous;
      await done;
      if (this.#queue.open !== undefined) await new Promise<void>((resolve) => (this.#onTransactionEnd = resolve));
    }
    try {
      await this.#work.close();
    } catch (error) {
      // Its files are free once the page has ended this worker, as it does with one that has failed.
      this.#stop(faultData(errorDataOf(error)?.message ?? error));
    }
  }

  /** Whether what is open is stored, or the browser cannot tell; if it was deleted, this connection ends. */
  async isStored(): Promise<boolean> {
    try {
      await this.#work.requireStored();
    } catch (error) {
      this.#judge(error);
    }
    if (this.#failure) this.#stop(this.#failure);
    return !this.#failure;
  }

  applied(): Promise<MigrationSummary[]> {
    return this.#work.applied();
  }

  /** Does something when everything before is done. What fails here is a fault of ours, and another worker must go on. */
  #then(work: () => Promise<void>): void {
    this.#previous = this.#previous.then(work).catch((error) => this.#stop(faultData(error)));
  }

  /** Sees to it that a request is answered in its turn; resolves when the next may be looked at. */
  async #schedule(request: Request, client: Client): Promise<void> {
    const { turn } = operations[request.type];
    const transaction = transactionOf(request);
    if (turn === 'in order') {
      // A tab that has given way to a newer build, and can go on with it, may become the owner again with this worker.
      if (request.type === 'open') this.#isRetiring = false;
      await this.#respond(request, client);
    } else if (transaction !== undefined) {
      await this.#respond(request, client);
      if (transaction !== client.transaction) return;
      if (turn === 'ends') await this.#endTransaction(client);
      else this.#watchIdle(client);
    } else {
      if (turn === 'leaves') await this.#rollBack(client);
      await this.#queue.enqueue(async () => {
        // A tab that is gone would never end what it has begun.
        if (turn === 'begins' && client.isGone) return;
        await this.#respond(request, client);
        this.#watchIdle(client);
      });
    }
  }

  /** Carries a request out and answers it. */
  async #respond(request: Request, client: Client): Promise<void> {
    const { id, type } = request;
    const { turn, changes } = operations[type];
    const transaction = transactionOf(request);
    let begun: number | undefined;
    const busy = () => (begun === undefined ? {} : { durationMs: performance.now() - begun });
    try {
      if (this.#failure) throw this.#failure;
      if (!client.wanted.has(id)) throw cancelled;
      if (turn === 'in order') await this.#work.loaded;
      if (transaction !== undefined) client.require(transaction);
      if (!(await isRepeatable(request, (texts) => this.#work.onlyReads(texts)))) {
        client.post({ type: 'accepted', id });
        // A worker that was terminated does in Chromium what had come before, though nobody hears it any more: not this.
        await nextTask();
      }
      begun = performance.now();
      const value = await this.#work.carryOut(request, client);
      client.post({ type: 'done', id, value, ...busy() });
      if (changes) await this.#work.tellChanges();
    } catch (error) {
      client.post({ type: 'failed', id, error: this.#judge(error), ...busy() });
      if (this.#failure) this.#stop(this.#failure);
    } finally {
      client.wanted.delete(id);
      if (turn !== 'at once') await this.#work.rest();
    }
  }

  /** Sees what an error means for what comes after it; gives what is said of it. */
  #judge(error: unknown): ErrorData {
    const data = errorDataOf(error) ?? faultData(error);
    if (error instanceof Deleted) this.#work.tellDeleted(data);
    if (error instanceof CommitLost || isFault(error)) this.#failure = data;
    return this.#failure ?? data;
  }

  #stop(error: ErrorData): void {
    this.#isRetiring = true;
    this.#work.stop(error);
  }

  /** A transaction that does nothing is rolled back if others wait for it. */
  #watchIdle(client: Client): void {
    const { transaction } = client;
    if (transaction === undefined) return;
    client.rest(() => {
      this.#then(async () => {
        if (client.transaction !== transaction) return;
        if (!(this.#queue.isAwaited || this.#isRetiring)) return this.#watchIdle(client);
        client.expire();
        await this.#rollBack(client);
      });
    });
  }

  /** Rolls back what a client has left open. */
  async #rollBack(client: Client): Promise<void> {
    if (client.transaction === undefined) return;
    // After a fault the page ends this worker, and the transaction with it.
    if (!this.#failure) await this.#work.rollBack();
    await this.#endTransaction(client);
  }

  /** The transaction of a client is committed or rolled back; does what waited for that. */
  async #endTransaction(client: Client): Promise<void> {
    client.end();
    await this.#queue.end();
    this.#onTransactionEnd();
  }
}
