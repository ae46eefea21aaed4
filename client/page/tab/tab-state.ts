import type { Epoch } from '../../protocol/ids.js';
import type { LockRequest } from '../../storage/name-lock.js';
import type { Holding } from '../holding.js';
import type { TabChannels } from './tab-channels.js';

// The states of a tab, what it has in each, and how one follows from another. What a tab does in them, `Tab` says. What a
// state does not have can be asked for all the same, and is `undefined`.

/** What a tab has in every state in which it takes part. */
interface Part {
  /** The way to other tabs; `undefined` for a database in memory, which is nobody else's. */
  readonly channels: TabChannels | undefined;
  /** Its place in the queue for the right to the database. */
  readonly turn?: LockRequest | undefined;
}

/** It asks no owner: it looks for one, or waits for its turn, or opens the database itself. */
export interface Opening extends Part {
  readonly name: 'opening';
  /** From when its turn has come. */
  readonly holding?: Holding | undefined;
  readonly epoch?: undefined;
}

/** It asks the owner, which is another tab. */
export interface Following extends Part {
  readonly name: 'following';
  /** From when its turn has come, until it has heard what that owner said last. */
  readonly holding?: Holding | undefined;
  /** The time of that owner. */
  readonly epoch: Epoch;
}

/** Its worker answers all tabs. */
export interface Owning extends Part {
  readonly name: 'owning';
  readonly holding: Holding;
  /** The time in which it is the owner. */
  readonly epoch: Epoch;
}

/**
 * `suspended`: its page is in the back/forward cache, and it has nothing that another tab could miss; `ended`: every
 * request rejects.
 */
export interface Absent {
  readonly name: 'suspended' | 'ended';
  readonly channels?: undefined;
  readonly turn?: undefined;
  readonly holding?: undefined;
  readonly epoch?: undefined;
}

/** It is not the owner. */
export type Waiting = Opening | Following;

/** It takes part in sharing the database. */
export type Present = Opening | Following | Owning;

export type TabState = Present | Absent;

/** Of a tab that begins, or comes back. */
export function opening(channels?: TabChannels): Opening {
  return { name: 'opening', channels };
}

/** It enters the queue, or leaves it. */
export function queued<State extends Waiting>(state: State, turn: LockRequest | undefined): State {
  return { ...state, turn };
}

/** Its turn has come. */
export function granted<State extends Waiting>(state: State, holding: Holding): State {
  return { ...state, turn: undefined, holding };
}

/** An owner has let it in. */
export function following(state: Waiting, epoch: Epoch): Following {
  return { ...state, name: 'following', epoch };
}

/** The owner that it followed is gone, and has said all that it will. */
export function heardOut(state: Present): Opening {
  return { ...state, name: 'opening', epoch: undefined };
}

/** The database is open. */
export function owning(state: Present, holding: Holding, epoch: Epoch): Owning {
  return { ...state, name: 'owning', holding, epoch };
}

/** Whoever it asked is the owner no more, be it this tab itself; what it held is the caller's to release. */
export function displaced(state: Present): Opening {
  return { ...heardOut(state), holding: undefined };
}

/** Whether it takes part. */
export function isPresent(state: TabState): state is Present {
  return state.name !== 'suspended' && state.name !== 'ended';
}

/** Whether another tab may be the owner: this one's turn has not come. */
export function isWaiting(state: TabState): state is Waiting {
  return isPresent(state) && !state.holding;
}
