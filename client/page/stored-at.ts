import type { StoredAt } from '../protocol/messages.js';
import type { Home } from '../storage/home.js';
import { serveStore } from './store-server.js';

/** A home as the worker is told of it. */
export function storedAt(home: Home): StoredAt {
  if (home.kind !== 'indexeddb') return { kind: home.kind, store: undefined };
  const port = serveStore(home.store);
  const { size, blockSize } = home.store.file ?? { size: 0, blockSize: 0 };
  return { kind: home.kind, store: { port, size, blockSize } };
}
