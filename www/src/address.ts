import type { DurableKind, StorageChoice } from 'wheatear';

const parameter = 'storage';

/** The storage that the page's address asks for, as in `?storage=indexeddb`. Whatever it says: `open` checks it. */
export function askedStorage(): StorageChoice | undefined {
  const asked = new URLSearchParams(location.search).get(parameter);
  return (asked ?? undefined) as StorageChoice | undefined;
}

/** Whether the address asks for a storage that keeps what it is given. */
export function isDurable(asked: StorageChoice | undefined): asked is DurableKind {
  return asked === 'opfs' || asked === 'indexeddb';
}

/** Makes an address that asks for one storage ask for this one; one that asks for none stays as it is. */
export function askForInstead(kind: DurableKind): void {
  if (isDurable(askedStorage())) history.replaceState(history.state, '', addressWith(kind));
}

/** The page's address without its wish for a storage. */
export function addressWithoutStorage(): string {
  return addressWith(undefined);
}

const inspecting = 'inspect';

/** Whether the page's address asks to look into the database, as `?inspect` does. */
export function isInspected(): boolean {
  return new URLSearchParams(location.search).has(inspecting);
}

/** The page's address with that wish. */
export function addressToInspect(): string {
  const address = new URL(location.href);
  address.searchParams.set(inspecting, '');
  return address.href;
}

function addressWith(kind: DurableKind | undefined): string {
  const address = new URL(location.href);
  if (kind) address.searchParams.set(parameter, kind);
  else address.searchParams.delete(parameter);
  return address.href;
}
