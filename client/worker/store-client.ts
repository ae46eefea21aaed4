import type { ErrorData } from '../protocol/errors.js';
import {
  type Commit,
  type StoreOperation,
  type StoreOperations,
  type StoreRequest,
  type StoreResponse,
  transfersOfRequest,
} from '../protocol/store-messages.js';

interface PendingRequest {
  resolve(value: unknown): void;
  reject(error: ErrorData): void;
}

/** The worker's end of the wire to the store that its page keeps; rejects with `ErrorData`. */
export class StoreClient {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, PendingRequest>();
  #nextId = 1;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<StoreResponse>) => this.#receive(data);
  }

  /** See `BlockStore.read`. */
  read(first: number, count: number): Promise<[number, Uint8Array][]> {
    return this.#request({ type: 'read', id: this.#nextId++, first, count });
  }

  /** See `BlockStore.commit`. */
  commit(commit: Commit, blockSize: number): Promise<void> {
    return this.#request({ type: 'commit', id: this.#nextId++, commit, blockSize });
  }

  /** See `BlockStore.stage`. */
  stage(first: number, blocks: readonly Uint8Array[]): Promise<void> {
    return this.#request({ type: 'stage', id: this.#nextId++, first, blocks });
  }

  /** See `BlockStore.unstage`. */
  unstage(): Promise<void> {
    return this.#request({ type: 'unstage', id: this.#nextId++ });
  }

  /** See `BlockStore.replaceByStaged`. */
  replaceByStaged(size: number, blockSize: number): Promise<void> {
    return this.#request({ type: 'replaceByStaged', id: this.#nextId++, size, blockSize });
  }

  /** See `BlockStore.backUp`. */
  backUp(name: string): Promise<void> {
    return this.#request({ type: 'backUp', id: this.#nextId++, name });
  }

  /** See `BlockStore.pruneBackups`. */
  prune(keep: number): Promise<void> {
    return this.#request({ type: 'prune', id: this.#nextId++, keep });
  }

  #request<Type extends StoreOperation>(
    request: StoreRequest & { type: Type },
  ): Promise<StoreOperations[Type]['response']> {
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve: resolve as (value: unknown) => void, reject });
      this.#port.postMessage(request, { transfer: transfersOfRequest(request) });
    });
  }

  #receive(response: StoreResponse): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if (response.type === 'done') pending?.resolve(response.value);
    else pending?.reject(response.error);
  }
}
