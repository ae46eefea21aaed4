import type { DurableKind } from './storage.js';

// Storage that fails cannot tell whether it holds a database. So where one lives is noted apart from both,
// in what a page can read at once. It is no more than a hint: the truth is what the storage says, when it can.
const key = (name: string) => `wheatear:${name}`;

/** Where this database was when it was last seen, if that is known. */
export function recallHome(name: string): DurableKind | undefined {
  const kind = attempt(() => localStorage.getItem(key(name)));
  return kind === 'opfs' || kind === 'indexeddb' ? kind : undefined;
}

/** Notes where it is now; `undefined` for nowhere. */
export function noteHome(name: string, kind: DurableKind | undefined): void {
  attempt(() => {
    if (kind) localStorage.setItem(key(name), kind);
    else localStorage.removeItem(key(name));
  });
}

/** A page may be kept from its local storage, and a worker has none. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
