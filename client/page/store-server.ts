import { dataOf } from '../protocol/errors.js';
import {
  type StoreOperation,
  type StoreOperations,
  type StoreRequest,
  type StoreResponse,
  transfersOfResponse,
} from '../protocol/store-messages.js';
import type { BlockStore } from '../storage/block-store.js';
import { storageError } from '../storage/storage-error.js';

type Answer = StoreOperations[StoreOperation]['response'];

/** The page's end of the wire between a worker and the store of its database. Gives the worker's end. */
export function serveStore(store: BlockStore): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = async ({ data }: MessageEvent<StoreRequest>) => {
    const { id } = data;
    try {
      reply(port1, { type: 'done', id, value: await carryOut(store, data) });
    } catch (error) {
      reply(port1, { type: 'failed', id, error: dataOf(storageError(error, 'IndexedDB')) as StoreFailure });
    }
  };
  return port2;
}

type StoreFailure = Extract<StoreResponse, { type: 'failed' }>['error'];

function carryOut(store: BlockStore, request: StoreRequest): Promise<Answer> {
  switch (request.type) {
    case 'read':
      return store.read(request.first, request.count);
    case 'commit':
      return store.commit(request.commit, request.blockSize);
    case 'stage':
      return store.stage(request.first, request.blocks);
    case 'unstage':
      return store.unstage();
    case 'replaceByStaged':
      return store.replaceByStaged(request.size, request.blockSize);
    case 'backUp':
      return store.backUp(request.name);
    case 'prune':
      return store.pruneBackups(request.keep);
  }
}

function reply(port: MessagePort, response: StoreResponse): void {
  port.postMessage(response, { transfer: transfersOfResponse(response) });
}
