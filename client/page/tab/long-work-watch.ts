import type { ClientId } from '../../protocol/ids.js';
import type { Rested, Work, Working } from '../../protocol/messages.js';
import { lifeOf } from '../../storage/addresses.js';
import { whenFree } from '../../storage/locks.js';
import type { WorkerConnection } from '../worker-connection.js';

/**
 * In the page of an owner: knows what its worker is busy with for long, and whether anybody still wants that. A worker in
 * which SQLite runs hears nothing; only its page can end it.
 *
 * SQLite could be stopped from its progress handler, if that had something to look at which the page can change. There is
 * nothing that every page has: shared memory takes COOP and COEP, a request for a `blob:` address a wider content
 * security policy, and WebKitGTK has no files. To end the worker is sure in every browser. It loses nothing of others,
 * because it does one thing at a time and what it has not begun is asked again.
 */
export class LongWorkWatch {
  readonly #connection: WorkerConnection;
  readonly #onUnwanted: () => void;
  /** What nobody wants any more, until the worker knows. */
  readonly #cancelled = new Set<string>();
  #work: Work | undefined;
  #watching = new AbortController();

  /** @param onUnwanted hears that the worker is busy with what nobody wants */
  constructor(connection: WorkerConnection, onUnwanted: () => void) {
    this.#connection = connection;
    this.#onUnwanted = onUnwanted;
  }

  /** What keeps the worker busy. */
  get work(): Work | undefined {
    return this.#work;
  }

  /** What a tab has asked for under this number it does not want any more; `undefined`: this tab. */
  async cancel(client: ClientId | undefined, target: number): Promise<void> {
    const name = nameOf(client, target);
    this.#cancelled.add(name);
    this.#look();
    // It answers when it is not busy: what it has begun by then is done.
    await this.#connection.request('cancel', { client, target }).catch(() => {});
    this.#cancelled.delete(name);
  }

  receive(message: Working | Rested): void {
    this.#watching.abort();
    this.#work = message.type === 'working' ? message.work : undefined;
    if (!this.#work) return void this.#connection.request('goOn', {}).catch(() => {});
    this.#look();
    if (this.#work.client !== undefined) this.#watch(this.#work.client);
  }

  #look(): void {
    if (this.#work && this.#cancelled.has(nameOf(this.#work.client, this.#work.id))) this.#onUnwanted();
  }

  /** Whoever is gone wants nothing. */
  #watch(client: ClientId): void {
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    // Shared, for the worker waits for the same.
    whenFree(lifeOf(client), this.#onUnwanted, { mode: 'shared', signal });
  }
}

/** What an owner's worker is busy with, as a part of a sentence for another tab. */
export function describeWork({ sql, since }: Work): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `it has been busy for ${seconds} s with ${JSON.stringify(sql)}`;
}

function nameOf(client: ClientId | undefined, id: number): string {
  return `${client}/${id}`;
}
