import { ConnectionError, type ErrorData, errorFromData, HistoryError, WheatearError } from '../../protocol/errors.js';
import type { ClientId, Epoch } from '../../protocol/ids.js';
import type { Operations, OperationType, Superseded, Work, WorkerMessage } from '../../protocol/messages.js';
import { canGoOn, type MigrationSet } from '../../protocol/migration-set.js';
import type { Report } from '../../protocol/report.js';
import type { Place, Storage } from '../../protocol/storage-kind.js';
import type { Announcement, LobbyMessage, OwnerMessage } from '../../protocol/tab-messages.js';
import type { SqlRow } from '../../protocol/values.js';
import { protocolVersion } from '../../protocol/version.js';
import { lifeOf, ownerMarkOf, versionOfMark } from '../../storage/addresses.js';
import { backupsKept } from '../../storage/backup.js';
import { deletedWhileOpen } from '../../storage/deleted.js';
import { closeStore, elsewhere, findCurrentHome, findHome, type Home } from '../../storage/home.js';
import { noteHome, recallHome, wasFilled } from '../../storage/home-hint.js';
import { heldLocks, holdLock, whenFree } from '../../storage/locks.js';
import { busy, type LockRequest, NameLock } from '../../storage/name-lock.js';
import { whenPutAside, whenShownAgain } from '../../storage/page-cache.js';
import { isPersisted } from '../../storage/persisted.js';
import { withoutSilence } from '../../storage/time-limit.js';
import { Deferred } from '../deferred.js';
import { Holding } from '../holding.js';
import { migrateOptions, type OpenOptions } from '../open-options.js';
import { type Listeners, Requests, type Wire } from '../requests.js';
import { storedAt } from '../stored-at.js';
import { tell } from '../tell.js';
import { WorkerConnection, workerFailed } from '../worker-connection.js';
import { describeWork, LongWorkWatch } from './long-work-watch.js';
import { renewLocks } from './renew-locks.js';
import { TabChannels } from './tab-channels.js';

/** What opening told. */
export interface Opened {
  readonly report: Report;
  readonly backup: string | null;
  readonly storage: Storage;
}

/** How long a tab that looks for an owner waits until it looks again, in milliseconds. */
const lookPause = 5000;

/** How often in a row a tab that opens may look and find an owner that says nothing. */
const silenceAllowed = 2;

/** How long whoever has the database may say nothing while this tab waits to close, in milliseconds. */
const closeLimit = 10_000;

interface StartedWorker {
  readonly connection: WorkerConnection;
  readonly watch: LongWorkWatch;
  /** What its module carries. */
  readonly build: Promise<MigrationSet>;
  /** Whether it has told that. */
  isLoaded: boolean;
}

/** The names that a `ChangeEvent` can have. */
const userTables = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'
  AND name NOT GLOB '_wheatear_*'`;

/**
 * How long to wait before a new worker is started in the place of one that has died, in milliseconds; after the last there
 * is no other. While a page is being left WebKitGTK loads nothing for it.
 */
const restartPauses = [0, 200, 800, 2000];

/**
 * This tab's way to a database that other tabs may use too. One tab is the owner: its worker holds the only
 * connection, and answers all of them. Every other one waits in the queue of the database's `NameLock`, with a worker
 * that is ready, so that the next owner is there at once. What is asked meanwhile waits.
 */
export class Tab {
  readonly #name: string;
  readonly #options: OpenOptions;
  readonly #requests = new Requests(undefined, (id) => this.#cancel(id));
  readonly #onChange: (tables: readonly string[]) => void;
  /** One in memory is nobody else's. */
  readonly #isShared: boolean;
  readonly #persisted = isPersisted();
  readonly #opening = new Deferred<Opened>();
  #isOpened = false;

  #worker: StartedWorker;
  #restarts = 0;
  /** While this tab is in the queue. */
  #lock: LockRequest | undefined;
  /** While this tab is the owner, or about to be. */
  #holding: Holding | undefined;
  #isOwner = false;
  /** The time of the owner that is asked, and of the one that was heard of last. */
  #epoch: Epoch | undefined;
  #latest: Epoch | undefined;
  /** Of every owner that was asked. */
  readonly #epochs = new Set<Epoch>();
  /** From when this tab was opened, or shown again, until it ends or is put aside. */
  #channels: TabChannels | undefined;
  #watching = new AbortController();
  /** How often this tab has looked for an owner since it last heard of one. */
  #silence = 0;
  /** What the owner's worker has been busy with for long. */
  #work: Work | undefined;
  /** When the owner has said something to this tab, as `performance.now()` gives it. */
  #lastWord = 0;
  /** While the browser keeps this page for when the user comes back. */
  #isSuspended = false;
  readonly #listening = new AbortController();
  #ended: WheatearError | undefined;

  /** @param onChange hears of changed tables, in whichever tab */
  constructor(name: string, options: OpenOptions, onChange: (tables: readonly string[]) => void) {
    this.#name = name;
    this.#options = options;
    this.#onChange = onChange;
    this.#isShared = options.storage !== 'memory';
    this.#worker = this.#startWorker();
    // Without a lock nothing is begun; who has none is told.
    if (this.#isShared) this.#contend();
    this.#enter().catch((error) => this.#fail(error));
    if (!this.#isShared) return;
    const { signal } = this.#listening;
    whenPutAside(() => this.#suspend(), signal);
    whenShownAgain(() => this.#resume(), signal);
  }

  /** Resolves once the database can be used, here or in another tab. */
  get opening(): Promise<Opened> {
    return this.#opening.promise;
  }

  /** What keeps the database busy for long, as a part of a sentence, if anything does. */
  get waitedFor(): string | undefined {
    const work = this.#isOwner ? this.#worker.watch.work : this.#work;
    return work && describeWork(work);
  }

  /** Whether it is this tab's worker that holds the database. */
  get isOwner(): boolean {
    return this.#isOwner;
  }

  /** Sends one request to the owner, whoever that is; rejects with a `WheatearError`. */
  request<Type extends OperationType>(
    type: Type,
    request: Operations[Type]['request'],
    listeners: Listeners = {},
  ): Promise<Operations[Type]['response']> {
    return this.#requests.request(type, request, listeners);
  }

  /** Lets what was sent before be done, unless it has no end, and ends. */
  async close(closed: WheatearError): Promise<void> {
    try {
      // What it has ended for, somebody has heard.
      if (this.#ended) return;
      const done = this.#isOwner ? this.#worker.connection.request('close', {}) : this.request('leave', {});
      if ((await withoutSilence(closeLimit, () => this.#lastWord, done)) === 'silence')
        this.end(unfinished(this.#name));
    } finally {
      this.end(closed);
      // Whatever it had ended for before.
      this.#requests.end(closed);
    }
  }

  /** Lets go of everything; this and every later request rejects with `error`. */
  end(error: WheatearError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#opening.reject(error);
    this.#requests.end(error);
    this.#listening.abort();
    this.#leave();
    this.#worker.connection.end(error);
  }

  /** Other tabs hear no more of this one, nor this one of them. */
  #leave(): void {
    this.#stepBack();
    this.#watching.abort();
    this.#channels?.close();
    this.#channels = undefined;
  }

  /**
   * The page is put into the back/forward cache: from now on another tab may be the owner. So nothing that this one has
   * must be of use when it comes back.
   */
  #suspend(): void {
    this.#letGo('the page is in the back/forward cache')?.abandon();
  }

  /** Ends the worker and leaves everything; gives what is to be released, if this tab has something. */
  #letGo(why: string): Holding | undefined {
    this.#isSuspended = true;
    const holding = this.#holding;
    this.#holding = undefined;
    // Before the lock goes.
    this.#worker.connection.end(workerFailed(why));
    this.#disconnect(false);
    this.#leave();
    return holding;
  }

  /** The page is shown again. */
  #resume(): void {
    this.#isSuspended = false;
    this.#restarts = 0;
    this.#restartWorker();
    if (this.#ended) return;
    this.#contend();
    this.#enter().catch((error) => this.#fail(error));
  }

  /** Begins to talk to other tabs, if there are any. */
  async #enter(): Promise<void> {
    if (!this.#isShared) return this.#takeOver(undefined);
    const channels = new TabChannels(
      this.#name,
      (message) => this.#hear(message),
      (message) => this.#receive(message),
    );
    this.#channels = channels;
    await channels.isSeen;
    // It may have been put aside meanwhile.
    if (channels !== this.#channels) return;
    await this.#join();
    this.#watchForOwner();
  }

  /** Asks the owner, if there is one, whether this tab may use its database. */
  async #join(): Promise<void> {
    const channels = this.#channels;
    const { connection, build } = this.#worker;
    // The owner would take a tab that cannot be seen for one that is gone.
    await channels?.isSeen;
    try {
      const set = await build;
      const { target } = this.#options;
      if (this.#holding || this.#channels !== channels) return;
      // The owner takes what it does not know for a wish to have everything.
      if (target !== undefined && !set.migrations.some(({ id }) => id === target)) throw unknownTarget(target, set);
      channels?.join(set, target);
    } catch (error) {
      // It is replaced, and its successor joins.
      if (!connection.ended) throw error;
    }
  }

  /** Queues for the right to the database, unless it does so already. */
  #contend(): void {
    if (this.#lock || this.#holding || this.#isSuspended || this.#ended) return;
    // Its worker is being replaced.
    if (!this.#isOpened && this.#worker.connection.ended) return;
    const request = NameLock.queue(this.#name);
    this.#lock = request;
    request.granted.then(
      (lock) => {
        // It may have been withdrawn too late.
        if (this.#lock !== request) return lock.release();
        this.#lock = undefined;
        void this.#takeOver(lock);
      },
      (error) => {
        // One that was withdrawn says that it is busy.
        if (error.code !== 'storage_busy') this.#fail(error);
      },
    );
  }

  /** Leaves the queue, for others to be next. */
  #stepBack(): void {
    this.#lock?.withdraw();
    this.#lock = undefined;
  }

  /** Becomes the owner. */
  async #takeOver(lock: NameLock | undefined): Promise<void> {
    const holding = new Holding(() => lock?.release());
    this.#holding = holding;
    await this.#lose();
    if (this.#holding !== holding) return holding.release();
    if (this.#worker.connection.ended && !this.#ended) this.#restartWorker();
    if (this.#ended) return holding.release();
    const { connection } = this.#worker;
    try {
      // What a dead owner has left is released in any order.
      if (lock) await holding.keep(holdLock(ownerMarkOf(this.#name)), (release) => release());
      const home = await connection.race(this.#findHome(connection, holding, lock));
      const place: Place = { kind: home.kind, passedOver: home.passedOver };
      const epoch = crypto.randomUUID();
      const ownership = this.#channels && { epoch, client: this.#channels.client, place };
      const { report, backup } = await this.#open(connection, home, ownership);
      // Without a migration there may be nothing in it.
      if (home.kind !== 'memory') noteHome(this.#name, home.kind, report.to !== null);
      this.#restarts = 0;
      this.#isOwner = true;
      const storage = { ...place, persisted: await connection.race(this.#persisted) };
      this.#connect(epoch, connection.wire, { report, backup, storage });
    } catch (error) {
      await holding.release();
      // Of a worker that has died, or a page that is suspended, others take care.
      if (this.#holding !== holding) return;
      this.#fail(error);
    }
  }

  async #findHome(connection: WorkerConnection, holding: Holding, lock: NameLock | undefined): Promise<Home> {
    const { storage = 'auto' } = this.#options;
    if (!lock || storage === 'memory') return { kind: 'memory', passedOver: [] };
    // What was open, and now is nowhere, is not created anew.
    if (this.#isOpened && (await isDeleted(lock))) throw errorFromData(deletedWhileOpen(this.#name));
    const home = await holding.keep(
      findHome(lock, storage, () => connection.request('probe', {})),
      closeStore,
    );
    if (home.kind !== 'indexeddb') return home;
    home.store.requireRecord();
    home.store.whenEnded(() => void this.#loseStore(lock, holding));
    return home;
  }

  #open(
    connection: WorkerConnection,
    home: Home,
    ownership: Operations['open']['request']['ownership'],
  ): Promise<Operations['open']['response']> {
    const { onProgress, backup } = this.#options;
    // What a newer build did while this tab had it open is not taken back.
    const options = this.#isOpened ? { ...this.#options, ahead: 'error' as const } : this.#options;
    const request = {
      ...storedAt(home),
      name: this.#name,
      options: migrateOptions(options),
      backups: keptBackups(backup),
      tellProgress: onProgress !== undefined,
      ownership,
      isKnown: home.kind === 'opfs' && wasFilled(this.#name, home.kind),
    };
    return connection.request('open', request, { onProgress });
  }

  /** The browser has ended the connection to the store. */
  async #loseStore(lock: NameLock, holding: Holding): Promise<void> {
    const error = (await isDeleted(lock).catch(() => false)) ? deletedWhileOpen(this.#name) : storeEnded(this.#name);
    if (this.#holding !== holding) return;
    if (this.#epoch) this.#channels?.announce({ type: 'deleted', epoch: this.#epoch, error });
    this.end(errorFromData(error));
  }

  /** From now on this owner is asked. */
  #connect(epoch: Epoch, wire: Wire, opened: Opened): void {
    if (this.#ended) return;
    this.#epoch = epoch;
    this.#epochs.add(epoch);
    this.#work = undefined;
    this.#requests.connect(wire);
    if (this.#isOpened) {
      void tell(this.#options.onOwnerChange, { isOwner: this.isOwner });
      this.#tellAllChanged().catch(() => {});
    }
    this.#isOpened = true;
    this.#opening.resolve(opened);
  }

  /** What was changed while no owner was heard is not known. */
  async #tellAllChanged(): Promise<void> {
    const tables = await this.request('query', { sql: userTables, params: [], transaction: undefined, key: undefined });
    this.#onChange((tables as SqlRow[]).map(({ name }) => String(name)));
  }

  /** Whoever was the owner is no longer. See `Requests.disconnect`. */
  #disconnect(isAllHeard = true): void {
    this.#watching.abort();
    this.#isOwner = false;
    this.#epoch = undefined;
    this.#requests.disconnect(isAllHeard);
  }

  /**
   * The owner that is asked has gone. What it said last may still be on its way, while locks and other tabs tell that it
   * is gone: a write that it had begun must not be taken for one that it had not.
   */
  async #lose(): Promise<void> {
    const [epoch, channels] = [this.#epoch, this.#channels];
    const isAllHeard = epoch === undefined || (await channels?.flush());
    if (this.#epoch === epoch && this.#channels === channels) this.#disconnect(isAllHeard);
  }

  #hear(message: LobbyMessage): void {
    if (message.type === 'alive') this.#work = message.work;
    // What comes from an owner shows that there is one that answers; not if all it says is that it cannot.
    if (message.type !== 'join' && message.type !== 'cancel' && !this.#work) this.#silence = 0;
    switch (message.type) {
      case 'join':
        this.#tellWork();
        return;
      case 'cancel':
        if (this.#isOwner && message.epoch === this.#epoch) {
          void this.#worker.watch.cancel(message.client, message.target);
        }
        return;
      case 'deleted':
        // A tab that came later may have it again already.
        if (this.#epochs.has(message.epoch)) this.end(errorFromData(message.error));
        return;
      case 'owner':
        this.#latest = message.epoch;
        // Only if what this one has is no longer stored: that will be seen.
        if (this.#isOwner && message.epoch !== this.#epoch) this.request('status', {}).catch(() => {});
        if (!this.#holding && message.epoch !== this.#epoch) this.#rejoin().catch((error) => this.#fail(error));
        return;
      case 'progress':
        if (!(this.#isOpened || this.#holding)) void tell(this.#options.onProgress, message.progress);
        return;
      case 'superseding':
        return void this.#giveWay(message).catch((error) => this.#fail(error));
      case 'superseded':
        if (message.epoch !== this.#epoch) void this.#yield(message);
        return;
      case 'change':
        if (message.epoch === this.#epoch && !this.#holding) this.#onChange(message.tables);
    }
  }

  /** Another tab is the owner now. */
  async #rejoin(): Promise<void> {
    await this.#lose();
    this.#watchForOwner();
    await this.#join();
  }

  /** What is said to this tab alone. */
  #receive(message: OwnerMessage): void {
    switch (message.type) {
      case 'joined':
        if (!this.#holding && message.epoch !== this.#epoch) void this.#follow(message);
        return;
      case 'refused':
        if (!this.#holding) this.#fail(errorFromData(message.error));
        return;
      case 'answer':
        this.#lastWord = performance.now();
        if (message.epoch === this.#epoch) this.#requests.receive(message.message);
        return;
      case 'superseded':
        if (message.epoch === this.#epoch) void this.#yield(message);
    }
  }

  /** Asks another tab from now on. */
  async #follow({ epoch, owner, place, to }: OwnerMessage & { type: 'joined' }): Promise<void> {
    this.#latest = epoch;
    const channels = this.#channels;
    const { storage: choice = 'auto' } = this.#options;
    if (choice !== 'auto' && choice !== place.kind) return this.#fail(elsewhere(this.#name, place.kind, choice));
    const storage = { ...place, persisted: await this.#persisted };
    // Another one may have been heard of meanwhile.
    if (this.#holding || epoch === this.#epoch || epoch !== this.#latest || channels !== this.#channels) return;
    const report = { from: to, to, applied: [], rolledBack: [], warnings: [] };
    const wire: Wire = (request) => channels?.ask(epoch, request);
    this.#connect(epoch, wire, { report, backup: null, storage });
    this.#contend();
    this.#watchOwner(owner, epoch);
  }

  /** A newer build is about to take over. */
  async #giveWay({ epoch, by, applied, deadlineMs }: Announcement & { type: 'superseding' }): Promise<void> {
    if (by === this.#channels?.client) return;
    // It must be the next in the queue.
    this.#stepBack();
    if (epoch !== this.#epoch) return;
    if (!canGoOn(await this.#worker.build, applied)) {
      await tell(this.#options.onSuperseding, { migrationIds: applied.map(({ id }) => id), deadlineMs });
    }
    await this.request('release', {}).catch(() => {});
  }

  /** The database is closed, for a newer build to take over. */
  async #yield({ epoch, by }: Superseded): Promise<void> {
    const wasAsked = epoch === this.#epoch;
    if (wasAsked) this.#disconnect();
    if (wasAsked && this.#holding) {
      const holding = this.#holding;
      this.#holding = undefined;
      await holding.release();
    }
    // If the upgrade fails, this tab's turn comes, and it goes on; else the newer build says that it is ahead.
    if (by !== this.#channels?.client) this.#watchForOwner();
  }

  #supersede(): void {
    const message = `A newer version of this page has upgraded the database ${JSON.stringify(this.#name)} in another tab; reload this page to get that version.`;
    const error = new ConnectionError({ code: 'superseded', message });
    this.end(error);
    void tell(this.#options.onSuperseded, error);
  }

  /** Nothing can be done here any more. */
  #fail(error: unknown): void {
    const isAhead = error instanceof WheatearError && error.code === 'database_ahead';
    // What failed because the page was suspended is begun anew when it is shown again.
    if (this.#isSuspended) return;
    if (this.#isOpened && isAhead) this.#supersede();
    else this.end(error instanceof WheatearError ? error : workerFailed(String(error)));
  }

  /** Sees to it that requests do not wait for an owner that is gone. */
  #watchOwner(owner: ClientId, epoch: Epoch): void {
    const signal = this.#watchAnew();
    const gone = () => {
      if (this.#epoch === epoch) void this.#lose().then(() => this.#watchForOwner());
    };
    whenFree(lifeOf(owner), gone, { signal });
  }

  /** Waits for an owner, or to become it; looks from time to time who it is that has the database and does not answer. */
  #watchForOwner(): void {
    if (this.#epoch !== undefined || this.#holding || this.#isSuspended || this.#ended) return;
    this.#contend();
    const signal = this.#watchAnew();
    const look = async (isFirst: boolean) => {
      const marks = (await heldLocks()).map((lock) => versionOfMark(lock, this.#name));
      if (signal.aborted || this.#holding) return;
      if (marks.some((version) => version !== undefined && version !== protocolVersion))
        return this.#fail(otherProtocol());
      // Somebody does with it what needs all of it, such as an import; or the browser has suspended the owner's tab.
      const isOwned = marks.includes(protocolVersion);
      const isStuck = isOwned ? ++this.#silence > silenceAllowed : !isFirst && this.#lock !== undefined;
      if (isStuck && !this.#isOpened) return this.#fail(busy(this.#name, this.#work && describeWork(this.#work)));
      // One that has stepped back for somebody who never came.
      if (!isOwned) this.#contend();
      else if (!isFirst) await this.#join();
      const timer = setTimeout(() => void look(false).catch((error) => this.#fail(error)), lookPause);
      signal.addEventListener('abort', () => clearTimeout(timer));
    };
    void look(true).catch((error) => this.#fail(error));
  }

  /** Whatever was watched is watched no more; gives the signal for what is watched now. */
  #watchAnew(): AbortSignal {
    this.#watching.abort();
    this.#watching = new AbortController();
    return this.#watching.signal;
  }

  #startWorker(): StartedWorker {
    const onMessage = (message: WorkerMessage) => {
      this.#lastWord = performance.now();
      if (message.type === 'working' || message.type === 'rested') watch.receive(message);
      else if (message.type === 'change') this.#onChange(message.tables);
      else if (message.type === 'stopped') this.#stop(connection, errorFromData(message.error));
      else if (message.type === 'superseded') void this.#yield(message);
      else if (this.#holding) this.#requests.receive(message);
    };
    const connection: WorkerConnection = new WorkerConnection(
      this.#options.worker,
      (why) => void this.#loseWorker(connection, why),
      onMessage,
    );
    const watch = new LongWorkWatch(
      connection,
      () => this.#tellWork(),
      () => this.#interrupt(connection),
    );
    const life = lifeOf(crypto.randomUUID());
    const build = connection.request('describe', { life: this.#isShared ? life : undefined });
    const worker: StartedWorker = { connection, watch, build, isLoaded: false };
    build.then(
      () => {
        worker.isLoaded = true;
        if (this.#isShared) this.#watchWorker(connection, life).catch((error) => this.#fail(error));
      },
      (error) => error.code === 'worker_failed' && connection.end(error, true),
    );
    return worker;
  }

  /** Sees to it that nobody waits for a worker that is gone, of which browsers do not always tell. */
  async #watchWorker(connection: WorkerConnection, life: string): Promise<void> {
    if (!(await heldLocks()).includes(life) && !connection.ended && (await renewLocks(life))) {
      // Whatever this tab holds by locks of before, it holds for nobody else.
      await this.#letGo('its page had locks that nobody else saw')?.release();
      return this.#resume();
    }
    const gone = () => connection.end(workerFailed('it is gone'));
    // Granted when its worker lets go of it.
    whenFree(life, gone, {});
  }

  /** Says in the lobby that the owner is there, and whether its worker is busy for long. */
  #tellWork(): void {
    const work = this.#worker.watch.work;
    if (this.#holding) this.#channels?.announce({ type: 'alive', work });
  }

  /** The owner need not do something any more. */
  #cancel(id: number): void {
    if (this.#isOwner) void this.#worker.watch.cancel(undefined, id);
    else if (this.#epoch !== undefined) this.#channels?.cancel(this.#epoch, id);
  }

  /**
   * The owner's worker is busy with what nobody wants; only its end ends that. It is sure to have begun nothing else, for
   * after long work it waits for this page. One with a database in memory is let do it, for that would be lost.
   */
  #interrupt(connection: WorkerConnection): void {
    if (!(this.#isShared && this.#isOwner && connection === this.#worker.connection)) return;
    // It is no fault, however often it happens.
    this.#restarts = 0;
    this.#disconnect();
    connection.end(workerFailed('what it did was no longer wanted'));
  }

  /** The worker can do no more. After a fault it is replaced; what could not be stored, the page must hear of. */
  #stop(connection: WorkerConnection, why: WheatearError): void {
    if (why.code === 'worker_failed') connection.end(why);
    else this.end(why);
  }

  /** Starts another worker; if that was done too often, nothing works any more. */
  #restartWorker(): void {
    const { ended } = this.#worker.connection;
    try {
      if (++this.#restarts > restartPauses.length) throw ended;
      this.#worker = this.#startWorker();
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * The worker is gone. If it held the database, another one must. One that could not be loaded is tried again: a page that
   * is being left may come back.
   */
  async #loseWorker(connection: WorkerConnection, why: WheatearError): Promise<void> {
    const holding = this.#holding;
    if (this.#isSuspended) return;
    const isCurrent = connection === this.#worker.connection;
    // It has died of what it was to do, or every other one would die of it.
    const isLast = connection.isHopeless ? !this.#isOpened || holding : this.#worker.isLoaded && !this.#isOpened;
    if (isCurrent && isLast) this.end(why);
    if (this.#ended) return holding?.release();
    // A follower does without, until its turn comes.
    if (!isCurrent || (this.#isOpened && !holding)) return;
    // Chromium lets a terminated worker go on for two seconds, and delivers nothing of what it says.
    if (holding) this.#disconnect(false);
    this.#holding = undefined;
    await holding?.release();
    // What was in memory is gone.
    if (!this.#isShared) return this.end(why);
    // Whoever has a worker comes first.
    this.#stepBack();
    await new Promise((resolve) => setTimeout(resolve, restartPauses[this.#restarts]));
    if (this.#isSuspended || connection !== this.#worker.connection) return;
    if (!this.#ended) this.#restartWorker();
    if (this.#ended) return;
    this.#watchForOwner();
    await this.#join().catch((error) => this.#fail(error));
  }
}

function keptBackups(backup: OpenOptions['backup'] = false): number {
  if (typeof backup === 'boolean') return backup ? backupsKept : 0;
  return backup.keep;
}

/** Whether a database that lived somewhere lives nowhere. One that nothing was ever written to may have no file. */
async function isDeleted(lock: NameLock): Promise<boolean> {
  if (recallHome(lock.name) !== undefined) return false;
  const home = await findCurrentHome(lock);
  await closeStore(home);
  return home === undefined;
}

function storeEnded(name: string): ErrorData<'storage_io'> {
  const message = `The browser has ended the connection to where the database ${JSON.stringify(name)} is stored; open it again.`;
  return { class: 'StorageError', code: 'storage_io', message };
}

function unknownTarget(target: string, { migrations }: MigrationSet): HistoryError {
  const latest = migrations.at(-1);
  const hint = latest ? `; the latest is ${JSON.stringify(latest.id)}` : '';
  const message = `there is no migration ${JSON.stringify(target)} to stop at${hint}`;
  return new HistoryError({ code: 'unknown_target', message });
}

function unfinished(name: string): ConnectionError {
  const message = `The database ${JSON.stringify(name)} was closed while what it had been asked took too long; whether that was done is unknown.`;
  return new ConnectionError({ code: 'closed', message });
}

function otherProtocol(): ConnectionError {
  const message =
    'Another tab has this database open with another version of Wheatear, which this one cannot talk to; close that tab, or reload it.';
  return new ConnectionError({ code: 'other_protocol', message });
}
