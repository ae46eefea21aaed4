import type { StoredAt } from '../protocol/messages.js';
import type { Home } from '../storage/home.js';
import { serveStore } from './store-server.js';

/** A home as the worker is told of it, and what goes with the message. */
export function storedAt(home: Home): { at: StoredAt; transfer: Transferable[] } {
  if (home.kind !== 'indexeddb') return { at: { kind: home.kind, store: undefined }, transfer: [] };
  const port = serveStore(home.store);
  const { size, blockSize } = home.store.file ?? { size: 0, blockSize: 0 };
  return { at: { kind: home.kind, store: { port, size, blockSize } }, transfer: [port] };
}
