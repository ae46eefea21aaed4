import type { ClientId } from '../../protocol/ids.js';
import type { Work } from '../../protocol/messages.js';
import type { LobbyMessage } from '../../protocol/tab-messages.js';
import { protocolVersion } from '../../protocol/version.js';
import { lifeOf, ownerMarkOf, versionOfMark } from '../../storage/addresses.js';
import { heldLocks, whenFree } from '../../storage/locks.js';
import { busy } from '../../storage/name-lock.js';
import { describeWork } from './long-work-watch.js';
import { otherProtocol } from './tab-errors.js';

/** How long a tab that looks for an owner waits until it looks again, in milliseconds. */
const lookPause = 5000;

/** How often in a row a tab may look and find an owner that has said nothing since. */
const silenceAllowed = 2;

/** A tab that asks no owner. */
export interface Seeker {
  /** Whether it has used the database before: then it waits for as long as it takes. */
  isOpened(): boolean;
  /** Whether it stands in the queue for the right to the database. */
  isQueued(): boolean;
  /** Queues for that, unless it does so already. */
  contend(): void;
  /** Asks the owner to be let in. */
  join(): Promise<void>;
  /** Ends, for it would wait in vain. */
  fail(error: unknown): void;
}

/** Sees to it that a tab waits neither for an owner that is gone, nor without end for one that says nothing. */
export class OwnerWatch {
  readonly #database: string;
  #watching = new AbortController();
  /** How often it was looked, and there was an owner, since one was last heard that is not busy. */
  #silence = 0;
  #work: Work | undefined;

  constructor(database: string) {
    this.#database = database;
  }

  /** What the owner's worker has been busy with for long, as its page says. */
  get work(): Work | undefined {
    return this.#work;
  }

  /** Takes note of what is said in the lobby. */
  hear(message: LobbyMessage): void {
    if (message.type === 'alive') this.#work = message.work;
    // All but these two come from an owner. One that says that it is busy does not answer all the same.
    if (message.type !== 'join' && message.type !== 'cancel' && !this.#work) this.#silence = 0;
  }

  /** Calls `onGone` when the tab of this owner is gone, which its lock tells. */
  watch(owner: ClientId, onGone: () => void): void {
    whenFree(lifeOf(owner), onGone, { signal: this.#watchAnew() });
  }

  /** Looks, now and then again and again, who has the database, and sees that the seeker does not wait in vain. */
  search(seeker: Seeker): void {
    const signal = this.#watchAnew();
    const look = async (isFirst: boolean) => {
      const marks = (await heldLocks(ownerMarkOf(this.#database))).map((lock) => versionOfMark(lock, this.#database));
      if (signal.aborted) return;
      if (marks.includes(protocolVersion)) this.#silence++;
      const holder = holderOf(marks, this.#silence);
      if (holder === 'foreign') return seeker.fail(otherProtocol());
      // Somebody who is no owner does with the database what needs all of it, such as an import.
      const isTaken = holder === 'nobody' && !isFirst && seeker.isQueued();
      if ((holder === 'silent' || isTaken) && !seeker.isOpened())
        return seeker.fail(busy(this.#database, this.#work && describeWork(this.#work)));
      // The seeker may have left the queue for a tab with a newer build, which never came.
      if (holder === 'nobody') seeker.contend();
      else if (!isFirst) await seeker.join();
      const timer = setTimeout(() => lookOrFail(false), lookPause);
      signal.addEventListener('abort', () => clearTimeout(timer));
    };
    const lookOrFail = (isFirst: boolean) => void look(isFirst).catch((error) => seeker.fail(error));
    lookOrFail(true);
  }

  /** Ends whatever is watched, and forgets what the owner was busy with. */
  stop(): void {
    this.#work = undefined;
    this.#watching.abort();
  }

  #watchAnew(): AbortSignal {
    this.stop();
    this.#watching = new AbortController();
    return this.#watching.signal;
  }
}

/**
 * Who has a database. `owner`: one that answers, or may yet; `silent`: one that does not, as when the browser has suspended
 * its tab; `foreign`: one that speaks another version of the protocol; `nobody`, as far as owners' marks tell.
 */
export type Holder = 'owner' | 'silent' | 'foreign' | 'nobody';

/**
 * Who has a database, and so may be waited for.
 *
 * @param marks the versions of owners' marks that are held, as `versionOfMark` gives them
 * @param silence how often an owner was found that had said nothing since
 */
export function holderOf(marks: readonly (number | undefined)[], silence: number): Holder {
  if (marks.some((version) => version !== undefined && version !== protocolVersion)) return 'foreign';
  if (!marks.includes(protocolVersion)) return 'nobody';
  return silence > silenceAllowed ? 'silent' : 'owner';
}
