import type { WheatearError } from '../../protocol/errors.js';
import type { WorkerMessage } from '../../protocol/messages.js';
import { type AnnouncedSet, canGoOn, type MigrationSet, type MigrationSummary } from '../../protocol/migration-set.js';
import { lifeOf } from '../../storage/addresses.js';
import { heldLocks, whenFree } from '../../storage/locks.js';
import { within } from '../../storage/time-limit.js';
import { LazySource } from '../lazy-migrations.js';
import type { TabOptions } from '../open-options.js';
import { WorkerConnection } from '../worker-connection.js';
import { workerFailed } from '../worker-failed.js';
import { LongWorkWatch } from './long-work-watch.js';
import { renewLocks } from './renew-locks.js';
import { unloadable } from './tab-errors.js';

/**
 * How long to wait before a new worker is started in the place of one that has died, in milliseconds; after the last there
 * is no other. While a page is being left WebKitGTK loads nothing for it.
 */
const restartPauses = [0, 200, 800, 2000];

/** How long to wait before the next worker is started, in milliseconds; `undefined`: that was done too often. */
export function pauseAfter(restarts: number): number | undefined {
  return restartPauses[restarts];
}

/** How long to wait for migrations to see whether a tab can go on, in milliseconds: it may have three seconds to save. */
const loadLimit = 500;

/** A tab, for its workers. */
export interface Employer {
  readonly options: Pick<TabOptions, 'start' | 'source' | 'diagnostics'>;
  /** Whether the database is one that other tabs may use. */
  readonly isShared: boolean;
  /** Hears that a worker is gone, or was ended. */
  onEnd(why: WheatearError): void;
  onMessage(message: WorkerMessage): void;
  /** Hears that this page's locks were such as nobody else saw; from now on it has others. */
  onLocksRenewed(): Promise<void>;
}

/** A worker of a tab, from its start until it ends; `restart` gives the next one. */
export class TabWorker extends WorkerConnection {
  readonly longWork: LongWorkWatch;
  /** Which migrations it has, as far as it knows. */
  build: Promise<MigrationSet | AnnouncedSet>;
  readonly #source: TabOptions['source'];
  #whole: Promise<MigrationSet> | undefined;
  /** Whether it has told that. */
  isLoaded = false;
  /** Whether it was ended because nobody wanted what it was busy with. */
  isUnwanted = false;
  /** How many were started before it in the place of one that had died, since one last opened the database. */
  restarts: number;
  /** Starts another one, before which so many were started. */
  readonly #next: (restarts: number) => TabWorker;

  constructor(employer: Employer, restarts = 0) {
    const { isShared, onEnd, onMessage, onLocksRenewed } = employer;
    const { start, source, diagnostics } = employer.options;
    const started = performance.now();
    super(start, onEnd, (message) => {
      if (message.type === 'working' || message.type === 'rested') this.longWork.receive(message);
      if (message.type === 'timing') diagnostics.measured(message);
      else if (message.type === 'plan') diagnostics.plan(message.plan);
      onMessage(message);
    });
    this.greeting.then(() => diagnostics.measure('worker-start', started));
    this.restarts = restarts;
    this.#next = (restarts) => new TabWorker(employer, restarts);
    this.longWork = new LongWorkWatch(this, () => {
      // What was in memory would be lost with it.
      if (isShared) this.#interrupt();
    });
    const life = isShared ? lifeOf(crypto.randomUUID()) : undefined;
    this.#source = source;
    const migrations = source instanceof LazySource ? { digest: source.digest } : source;
    this.build = this.request('describe', { life, migrations });
    this.build.then(
      () => {
        this.isLoaded = true;
        if (life !== undefined)
          this.#watchLife(life, onLocksRenewed).catch((error) => this.end(workerFailed(String(error)), true));
      },
      (error) => error.code === 'worker_failed' && this.end(error, true),
    );
  }

  /**
   * All of its migrations, which are loaded if they were only announced; from then on they are its `build`.
   *
   * @param isAgain whether the tab has used the database before
   * @throws {DefinitionError} as `LazySource.load`, and of what is wrong with them
   * @throws {HistoryError} `database_ahead` in the place of `no_migrations` if it has
   */
  whole(isAgain: boolean): Promise<MigrationSet> {
    this.#whole ??= this.#load().catch((error) => {
      this.#whole = undefined;
      throw error;
    });
    return this.#whole.catch((error) => {
      throw isAgain && error.code === 'no_migrations' ? unloadable(error) : error;
    });
  }

  async #load(): Promise<MigrationSet> {
    const known = await this.build;
    if (known.migrations) return known;
    const migrations = await (this.#source as LazySource).load();
    const whole = (await this.request('describe', { life: undefined, migrations })) as MigrationSet;
    this.build = Promise.resolve(whole);
    return whole;
  }

  /**
   * Whether its tab can go on with a database that has these. What it cannot load any more is a set of an older build; and
   * if it has to stop, it needs the time to save something.
   */
  async canGoOn(applied: readonly MigrationSummary[]): Promise<boolean> {
    const whole = await within(loadLimit, 'the function load', this.whole(true)).catch(() => undefined);
    return whole !== undefined && canGoOn(whole, applied);
  }

  /**
   * Starts another worker in the place of this one, which has ended. Throws why it has if that was done too often, and as
   * `WorkerConnection` does.
   */
  restart(): TabWorker {
    if (pauseAfter(this.restarts) === undefined) throw this.ended;
    return this.#next(this.restarts + 1);
  }

  /**
   * It is busy with what nobody wants; only its end ends that. It is sure to have begun nothing else, for after long work it
   * waits for its page.
   */
  #interrupt(): void {
    if (this.ended) return;
    this.isUnwanted = true;
    // It is no fault, however often it happens.
    this.restarts = 0;
    this.end(workerFailed('what it did was no longer wanted'));
  }

  /** Sees to it that nobody waits for this worker when it is gone, of which browsers do not always tell. */
  async #watchLife(life: string, onLocksRenewed: () => Promise<void>): Promise<void> {
    if (!(await heldLocks(life)).includes(life) && !this.ended && (await renewLocks(life))) return onLocksRenewed();
    // The worker holds this lock as long as it lives, so it is granted when that is gone.
    whenFree(life, () => this.end(workerFailed('it is gone')), {});
  }
}

/**
 * Whether a tab ends with its worker. One that died of what it was to do would be followed by others that die of it; one
 * that could not be loaded is replaced, for a page that is being left may come back.
 *
 * @param isOpened whether the tab has used the database before
 * @param isHolder whether the tab is the owner, or about to be
 */
export function isLast(
  { isHopeless, isLoaded }: Pick<TabWorker, 'isHopeless' | 'isLoaded'>,
  isOpened: boolean,
  isHolder: boolean,
): boolean {
  return isHopeless ? !isOpened || isHolder : isLoaded && !isOpened;
}
