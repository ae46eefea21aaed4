/**
 * How the tabs of an origin share one database. One of them is the owner: its worker has the only connection, and answers
 * all of them. Every other one waits for its turn to be the owner, with a worker of its own that has its module loaded and
 * does nothing, so that the next owner is there at once. What is asked while there is no owner waits.
 *
 * States, and what a tab does in them; tab-state.ts has the data of each, and how one follows from another:
 *
 * - `opening`: asks nobody. So it begins, and so it is again when its owner has gone. It stands in the queue for the right
 *   to the database, says in the lobby that it wants to be let in, and looks every five seconds who has it
 *   (owner-watch.ts). An owner that lets it in makes it a follower. When its turn comes (`holding`), it opens the database
 *   itself (take-over.ts), and is the owner.
 * - `following`: asks that owner over its own channel. It stays in the queue: so the next owner is found, and Chromium wakes
 *   a frozen tab whose lock another one waits for. When the owner is gone, it hears out what that said last, for half a
 *   second at most, and is `opening` again. It leaves the queue only for a tab with a newer build.
 * - `owning`: its worker does what all tabs ask (worker/owner.ts), and its page tells in the lobby that it is there while
 *   the worker is busy (`#tellWork`; long-work-watch.ts knows with what). It gives way to a newer build by closing the database; then it is `opening`.
 * - `suspended`: its page is in the back/forward cache. It has no worker, no lock and no channel until it is shown again,
 *   and then begins anew. For a moment it is so, too, when its page gets new locks (`#renew`).
 * - `ended`: it was closed, or cannot go on. Every request rejects.
 *
 * Locks (addresses.ts has their names):
 *
 * - `lockOf` the database: whoever holds it may touch the files. A tab has it from when its turn has come (`holding`), which
 *   may be while it is `opening` or `following`, for as long as it is `owning`. The page has it, not the worker, which may
 *   hang.
 * - `ownerMarkOf` the database: held beside it from before the files are touched, so that others can tell an owner from an
 *   import, and from an owner of another version.
 * - `lifeOf` a tab: held by every tab from `opening` until it is suspended or ends. Whoever must know that it is gone, its
 *   owner or its followers, waits for that lock; so does a page for that of its worker.
 *
 * Channels: the lobby of the database, where every tab hears who the owner is, what was changed, and that a newer build
 * comes; and one for each tab, which only it and the owner's worker listen to.
 *
 * What was tried, or looked into, and is not done:
 *
 * - A connection in a SharedWorker: only dedicated workers get OPFS files to write to, and in Chromium a SharedWorker can
 *   start none.
 * - A MessagePort between two tabs: it does not pass through a BroadcastChannel, and a SharedWorker that hands it over would
 *   be one script more to deploy and one party more to lose. A channel with a random name is as private.
 * - Taking the lock from its holder (`steal`): a frozen tab does not hear of it, and two tabs would take it from each other.
 * - Keeping locks in the back/forward cache: WebKit takes them from a page there, delivers nothing to it, and lets others
 *   wait for its transactions. So `#letGo` sees that nothing is left before, and what had been sent counts as unknown.
 * - Trusting `pagehide`, or a worker's `error` event, to tell that somebody is gone: who is killed says nothing. Locks do.
 * - Believing that everything was heard when a lock tells that its holder is gone: messages come later (`#hearOut`).
 * - Saying what matters at an end of a BroadcastChannel that has only listened: Chromium 156 was seen to lose it.
 *   tab-channels.ts says it at a new end.
 * - Taking a terminated worker for one that does nothing more: in Chromium it goes on for two seconds, and what it says is
 *   not delivered. So what it may have begun is not sent again, except for what may be done twice.
 * - Telling a busy worker to stop: it hears nothing. long-work-watch.ts says what else was looked at.
 */

import { errorFromData, WheatearError } from '../../protocol/errors.js';
import type { Request, Superseded, WorkerMessage } from '../../protocol/messages.js';
import type { Announcement, LobbyMessage, OwnerMessage } from '../../protocol/tab-messages.js';
import { elsewhere } from '../../storage/home.js';
import { NameLock } from '../../storage/name-lock.js';
import { whenPutAside, whenShownAgain } from '../../storage/page-cache.js';
import { withoutSilence } from '../../storage/time-limit.js';
import { Holding } from '../holding.js';
import type { TabOptions } from '../open-options.js';
import { tell } from '../tell.js';
import { workerFailed } from '../worker-failed.js';
import { AskedOwners, letIn, type Opened } from './asked-owners.js';
import { describeWork } from './long-work-watch.js';
import { OwnerWatch } from './owner-watch.js';
import { TabChannels } from './tab-channels.js';
import { superseded, unfinished } from './tab-errors.js';
import * as to from './tab-state.js';
import { isPresent, isWaiting, type Opening, type Present, type TabState, type Waiting } from './tab-state.js';
import { isLast, pauseAfter, TabWorker } from './tab-worker.js';
import { takeOver } from './take-over.js';

/** How long whoever has the database may say nothing while this tab waits to close, in milliseconds. */
const closeLimit = 10_000;

/** This tab's way to a database that other tabs may use too. How they share it, the beginning of this file tells. */
export class Tab {
  readonly #name: string;
  readonly #options: TabOptions;
  readonly #asked: AskedOwners;
  readonly #watch: OwnerWatch;
  /** Aborted when this tab need not hear any more what becomes of its page. */
  readonly #listening = new AbortController();
  #worker: TabWorker;
  #state: TabState = to.opening();
  /** When the owner, or this tab's worker, has said something to it, as `performance.now()` gives it. */
  #lastWord = 0;

  constructor(name: string, options: TabOptions) {
    this.#name = name;
    this.#options = options;
    this.#asked = new AskedOwners(options, (id) => this.#cancel(id));
    this.#watch = new OwnerWatch(name);
    this.#worker = new TabWorker({
      options,
      isShared: this.#isShared,
      onEnd: (why) => void this.#loseWorker(why),
      onMessage: (message) => this.#hearWorker(message),
      onLocksRenewed: () => this.#renew(),
    });
    this.#enter().catch(this.#fail);
    if (!this.#isShared) return;
    // The browser waits for nothing that is begun here.
    whenPutAside(() => this.#letGo('the page is in the back/forward cache')?.abandon(), this.#listening.signal);
    whenShownAgain(() => this.#resume(), this.#listening.signal);
  }

  /** Resolves once the database can be used, here or in another tab. */
  get opening(): Promise<Opened> {
    return this.#asked.opening;
  }

  /** What keeps the database busy for long, as a part of a sentence, if anything does. */
  get waitedFor(): string | undefined {
    const work = this.isOwner ? this.#worker.longWork.work : this.#watch.work;
    return work && describeWork(work);
  }

  /** Whether it is this tab's worker that holds the database. */
  get isOwner(): boolean {
    return this.#is('owning');
  }

  /** A database in memory is nobody else's. */
  get #isShared(): boolean {
    return this.#options.storage !== 'memory';
  }

  /** Sends one request to the owner, whoever that is; rejects with a `WheatearError`. */
  readonly request: AskedOwners['request'] = (...given) => this.#asked.request(...given);

  /** Lets what was sent before be done, unless it has no end, and ends. */
  async close(closed: WheatearError): Promise<void> {
    try {
      // Whoever has asked for something has heard why it ended.
      if (this.#is('ended')) return;
      const done = this.isOwner ? this.#worker.request('close', {}) : this.request('leave', {});
      if ((await withoutSilence(closeLimit, () => this.#lastWord, done)) === 'silence')
        this.end(unfinished(this.#name));
    } finally {
      this.end(closed);
      // Even if it has ended for another reason, what is asked from now on is told that it is closed.
      this.#asked.end(closed);
    }
  }

  /** Lets go of everything; this and every later request rejects with `error`. */
  end(error: WheatearError): void {
    if (this.#is('ended')) return;
    const holding = this.#leave('ended', error);
    this.#asked.end(error);
    this.#listening.abort();
    void holding?.release();
  }

  /** Whether it is in this state, now. */
  #is(name: TabState['name']): boolean {
    return this.#state.name === name;
  }

  /** Begins to take part, of a database in memory as its owner. */
  async #enter(): Promise<void> {
    if (!this.#isShared) return this.#takeOver(undefined);
    const channels = new TabChannels(this.#name, this.#hear, this.#receive);
    this.#state = to.opening(channels);
    this.#contend();
    await channels.isSeen;
    // If the page was put aside meanwhile, this tab enters anew when it is shown again.
    if (this.#state.channels !== channels) return;
    await this.#join();
    this.#search();
  }

  /** Takes no part any more; gives what is to be released, now that the worker has ended, if this tab has something. */
  #leave(name: 'suspended' | 'ended', why: WheatearError): Holding | undefined {
    const { turn, channels, holding } = this.#state;
    this.#state = { name };
    turn?.withdraw();
    this.#watch.stop();
    channels?.close();
    this.#worker.end(why);
    return holding;
  }

  /** The page is shown again. */
  #resume(): void {
    if (!this.#is('suspended')) return;
    this.#state = to.opening();
    this.#worker.restarts = 0;
    this.#restartWorker();
    if (!this.#is('ended')) this.#enter().catch(this.#fail);
  }

  /** Begins anew with locks that others see. Whatever this tab held by its old ones, it held for nobody else. */
  async #renew(): Promise<void> {
    // While the new locks were looked for, the page may have been put aside, or the database closed.
    if (!isPresent(this.#state)) return;
    await this.#letGo('its page had locks that nobody else saw')?.release();
    this.#resume();
  }

  /** Takes no part until `#resume`. What was sent to an owner may have been begun there. */
  #letGo(why: string): Holding | undefined {
    const holding = this.#leave('suspended', workerFailed(why));
    this.#asked.disconnect(false);
    return holding;
  }

  /**
   * Asks the owner, if there is one, whether this tab may use its database.
   *
   * @param isWhole whether the digest of its migrations does not tell the owner enough: a follower does without a worker
   *   that has died, but only a worker can tell all of them
   */
  async #join(isWhole = false): Promise<void> {
    if (isWhole && this.#is('opening') && this.#worker.ended) this.#restartWorker();
    const [{ channels }, worker, options, { isOpened }] = [this.#state, this.#worker, this.#options, this.#asked];
    const isWanted = () => isWaiting(this.#state) && this.#state.channels === channels;
    try {
      if (isWhole || options.target !== undefined) await worker.whole(isOpened);
      await channels?.join(worker.build, options, isOpened, isWanted);
    } catch (error) {
      // `#loseWorker` replaces a worker that has ended, and joins with the next one; and an owner may have let this tab in.
      if (!worker.ended && this.#is('opening') && isWanted()) this.#fail(error);
    }
  }

  /** Queues for the right to the database, unless it does so already. */
  #contend(): void {
    const state = this.#state;
    if (!isWaiting(state) || state.turn) return;
    // `#loseWorker` is replacing the worker, and lets tabs that have one go first.
    if (!this.#asked.isOpened && this.#worker.ended) return;
    const turn = NameLock.queue(this.#name);
    this.#state = to.queued(state, turn);
    turn.granted.then(
      // This tab may have left the queue when the lock was on its way already.
      (lock) => (this.#state.turn === turn ? this.#takeOver(lock) : lock.release()),
      // That the lock is busy only a tab hears that has left the queue.
      (error) => error.code !== 'storage_busy' && this.#fail(error),
    );
  }

  /** Leaves the queue, for others to be next. */
  #stepBack(): void {
    const state = this.#state;
    state.turn?.withdraw();
    if (isWaiting(state)) this.#state = to.queued(state, undefined);
  }

  /** Looks for an owner, and waits to be it. */
  #search(): void {
    if (!(this.#is('opening') && isWaiting(this.#state))) return;
    this.#contend();
    this.#watch.search({
      isOpened: () => this.#asked.isOpened,
      isQueued: () => this.#state.turn !== undefined,
      contend: () => this.#contend(),
      join: () => this.#join(),
      fail: this.#fail,
    });
  }

  /** Becomes the owner, if nobody takes its holding away meanwhile, who then releases that. */
  async #takeOver(lock: NameLock | undefined): Promise<void> {
    const waiting = this.#state;
    if (!isWaiting(waiting)) return lock?.release();
    const holding = new Holding(() => lock?.release());
    const isStillHeld = () => this.#state.holding === holding;
    this.#state = to.granted(waiting, holding);
    await this.#hearOut();
    // A follower whose worker has died has done without.
    if (isStillHeld() && this.#worker.ended) this.#restartWorker();
    if (!isStillHeld()) return;
    const worker = this.#worker;
    try {
      const { epoch, ...outcome } = await takeOver({
        name: this.#name,
        options: this.#options,
        lock,
        holding,
        worker,
        client: waiting.channels?.client,
        isAgain: this.#asked.isOpened,
        onStoreLost: (error) => {
          if (!isStillHeld()) return;
          const { channels, epoch } = this.#state;
          if (epoch !== undefined) channels?.announce({ type: 'deleted', epoch, error });
          this.end(errorFromData(error));
        },
      });
      const state = this.#state;
      if (!isPresent(state) || !isStillHeld()) return;
      worker.restarts = 0;
      this.#state = to.owning(state, holding, epoch);
      this.#asked.ask(epoch, worker.wire, outcome, true);
    } catch (error) {
      await holding.release();
      // If the worker has died, `#loseWorker` has taken the holding away and starts another one; if the page was put aside,
      // `#letGo` has, and `#resume` begins anew.
      if (isStillHeld()) this.#fail(error);
    }
  }

  /** Asks nobody any more, and is the owner no more if it was. */
  async #displace(state: Present, isAllHeard: boolean): Promise<void> {
    this.#askNobody(to.displaced(state), isAllHeard);
    await state.holding?.release();
  }

  /**
   * The owner that is asked has gone. What it said last may still be on its way, while locks and other tabs tell that it
   * is gone: a write that it had begun must not be taken for one that it had not. Does nothing more if something else has
   * become of this tab meanwhile.
   */
  async #hearOut(): Promise<void> {
    const [epoch, channels] = [this.#state.epoch, this.#state.channels];
    const isAllHeard = epoch === undefined || ((await channels?.flush()) ?? false);
    const state = this.#state;
    if (!isPresent(state) || state.epoch !== epoch || state.channels !== channels) return;
    this.#askNobody(to.heardOut(state), isAllHeard);
  }

  #askNobody(next: Opening, isAllHeard: boolean): void {
    this.#watch.stop();
    this.#state = next;
    this.#asked.disconnect(isAllHeard);
  }

  /** Takes in what is said to every tab. */
  readonly #hear = (message: LobbyMessage): void => {
    this.#watch.hear(message);
    const state = this.#state;
    const isAsked = 'epoch' in message && message.epoch === state.epoch;
    switch (message.type) {
      case 'join':
        this.#tellWork();
        return;
      case 'cancel':
        if (this.isOwner && isAsked) void this.#worker.longWork.cancel(message.client, message.target);
        return;
      case 'deleted':
        // A tab that came later may have created the database again already.
        if (this.#asked.has(message.epoch)) this.end(errorFromData(message.error));
        return;
      case 'owner':
        if (isAsked) return;
        // There are two owners only if what this one has open is stored no more, which its worker notices when it is asked.
        if (this.isOwner) this.request('info', {}).catch(() => {});
        else if (!state.holding) void this.#rejoin();
        return;
      case 'progress':
        if (!(this.#asked.isOpened || state.holding)) void tell(this.#options.onProgress, message.progress);
        return;
      case 'superseding':
        return void this.#giveWay(message).catch(this.#fail);
      case 'superseded':
        // Who asks that owner hears of it on its own channel, behind the last answer.
        if (!isAsked) void this.#yield(message);
        return;
      case 'change':
        if (isAsked && !state.holding) this.#options.news.changed(message.tables);
    }
  };

  /** Takes in what an owner says to this tab alone. */
  readonly #receive = (message: OwnerMessage): void => {
    const state = this.#state;
    const isAsked = message.epoch === state.epoch;
    switch (message.type) {
      case 'joined':
        if (isWaiting(state) && !isAsked) this.#follow(state, message);
        return;
      case 'unknown':
        return void this.#join(true);
      case 'refused':
        if (!state.holding) this.#fail(errorFromData(message.error));
        return;
      case 'answer':
        this.#lastWord = performance.now();
        if (isAsked) this.#asked.receive(message.message);
        return;
      case 'superseded':
        if (isAsked) void this.#yield(message);
    }
  };

  /**
   * Takes in what this tab's worker says. One that can do no more is replaced if that is its fault; what could not be
   * stored, the page must hear of.
   */
  #hearWorker(message: WorkerMessage): void {
    this.#lastWord = performance.now();
    if (message.type === 'stopped') {
      const why = errorFromData(message.error);
      if (why.code === 'worker_failed') this.#worker.end(why);
      else this.end(why);
    } else if (message.type === 'change') this.#options.news.changed(message.tables);
    else if (message.type === 'superseded') void this.#yield(message);
    else if (message.type === 'working' || message.type === 'rested') this.#tellWork();
    else if (this.#state.holding) this.#asked.receive(message);
  }

  /** Another tab is the owner now. */
  async #rejoin(): Promise<void> {
    await this.#hearOut();
    this.#search();
    await this.#join();
  }

  /** Asks another tab from now on, which has let this one in, until that is gone: requests must not wait for it then. */
  #follow(state: Waiting, { epoch, owner, place, ...joined }: OwnerMessage & { type: 'joined' }): void {
    const { storage: choice = 'auto' } = this.#options;
    if (choice !== 'auto' && choice !== place.kind) return void this.#fail(elsewhere(this.#name, place.kind, choice));
    this.#state = to.following(state, epoch);
    const wire = (request: Request) => state.channels?.ask(epoch, request);
    this.#asked.ask(epoch, wire, letIn(place, joined.to), false);
    this.#contend();
    this.#watch.watch(owner, () => {
      if (this.#state.epoch === epoch) void this.#hearOut().then(() => this.#search());
    });
  }

  /** A newer build is about to take over. */
  async #giveWay({ epoch, by, applied, deadlineMs }: Announcement & { type: 'superseding' }): Promise<void> {
    if (by === this.#state.channels?.client) return;
    // The tab with that build must be the next in the queue.
    this.#stepBack();
    if (epoch !== this.#state.epoch) return;
    if (!(await this.#worker.canGoOn(applied))) {
      await tell(this.#options.onSuperseding, { migrationIds: applied.map(({ id }) => id), deadlineMs });
    }
    await this.request('release', {}).catch(() => {});
  }

  /** The owner has closed the database, for a newer build to take over. */
  async #yield({ epoch, by }: Superseded): Promise<void> {
    const state = this.#state;
    if (epoch === state.epoch) await this.#displace(state, true);
    // If the upgrade fails, this tab's turn comes, and it goes on; else the newer build says that it is ahead.
    if (by !== this.#state.channels?.client) this.#search();
  }

  /** Nothing can be done here any more. */
  readonly #fail = (error: unknown): void => {
    // What failed because the page was put aside, `#resume` begins anew.
    if (this.#is('suspended')) return;
    const why = error instanceof WheatearError ? error : workerFailed(String(error));
    if (!this.#asked.isOpened || why.code !== 'database_ahead') return void this.end(why);
    // A newer build has upgraded the database, which this one has used before.
    const superseding = superseded(this.#name);
    this.end(superseding);
    void tell(this.#options.onSuperseded, superseding);
  };

  /** Says in the lobby that the owner is there, and whether its worker is busy for long. */
  #tellWork(): void {
    const { holding, channels } = this.#state;
    if (holding) channels?.announce({ type: 'alive', work: this.#worker.longWork.work });
  }

  /** The owner need not do something any more. */
  #cancel(id: number): void {
    const epoch = this.#state.epoch;
    if (this.isOwner) void this.#worker.longWork.cancel(undefined, id);
    else if (epoch !== undefined) this.#state.channels?.cancel(epoch, id);
  }

  /** Starts another worker; if that was done too often, nothing works any more. */
  #restartWorker(): void {
    try {
      this.#worker = this.#worker.restart();
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * The worker is gone. If it held the database, another one must; a database in memory is gone with it. A worker that
   * `#leave` has ended is replaced by `#resume`, or by nobody.
   */
  async #loseWorker(why: WheatearError): Promise<void> {
    const [worker, state] = [this.#worker, this.#state];
    if (!isPresent(state)) return;
    const { holding } = state;
    if (isLast(worker, this.#asked.isOpened, holding !== undefined)) return this.end(why);
    // A follower does without, until its turn comes: then `#takeOver` starts another one.
    if (this.#asked.isOpened && !holding) return;
    // The browser delivers nothing more of what the worker has said, and may let it go on for a while.
    if (holding) await this.#displace(state, worker.isUnwanted);
    if (!this.#isShared) return this.end(why);
    // Tabs that have a worker go first.
    this.#stepBack();
    await new Promise((resolve) => setTimeout(resolve, pauseAfter(worker.restarts)));
    // `#resume` or `#takeOver` may have started another one meanwhile.
    if (worker !== this.#worker || !isPresent(this.#state)) return;
    this.#restartWorker();
    this.#search();
    await this.#join();
  }
}
