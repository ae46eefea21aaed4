import type { DurableKind } from '../protocol/storage-kind.js';
import { filledMark, hintOf } from './addresses.js';

// Storage that fails cannot tell whether it holds a database. So where one lives is noted apart from both,
// in what a page can read at once. It is no more than a hint: the truth is what the storage says, when it can.

/** Where this database was when it was last seen, if that is known. */
export function recallHome(name: string): DurableKind | undefined {
  const kind = recall(name)?.replace(filledMark, '');
  return kind === 'opfs' || kind === 'indexeddb' ? kind : undefined;
}

/** Whether it is known that it held something there: then it is not created anew where that is gone. */
export function wasFilled(name: string, kind: DurableKind): boolean {
  return recall(name) === kind + filledMark;
}

/** Notes where it is now, and whether it holds something; `undefined` for nowhere. */
export function noteHome(name: string, kind: DurableKind | undefined, isFilled = true): void {
  orUndefined(() => {
    if (kind) notes().setItem(hintOf(name), isFilled ? kind + filledMark : kind);
    else notes().removeItem(hintOf(name));
  });
}

function recall(name: string): string | undefined {
  return orUndefined(() => notes().getItem(hintOf(name))) ?? undefined;
}

/** What is used of a page's local storage, which TypeScript does not know where workers are checked, too. */
interface Notes {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

function notes(): Notes {
  return (globalThis as unknown as { localStorage: Notes }).localStorage;
}

/** A page may be kept from its local storage, and a worker has none. */
function orUndefined<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
