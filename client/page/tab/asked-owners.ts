import type { WheatearError } from '../../protocol/errors.js';
import type { Epoch } from '../../protocol/ids.js';
import type { Request } from '../../protocol/messages.js';
import type { Report } from '../../protocol/report.js';
import type { Place, Storage } from '../../protocol/storage-kind.js';
import type { SqlRow } from '../../protocol/values.js';
import { isPersisted } from '../../storage/persisted.js';
import { Deferred } from '../deferred.js';
import type { TabOptions } from '../open-options.js';
import { Requests, type Wire } from '../requests.js';
import { tell } from '../tell.js';

/** What opening told. */
export interface Opened {
  readonly report: Report;
  readonly backup: string | null;
  readonly storage: Storage;
}

/** What came of opening a database, in this tab or in the one that is followed. */
export interface Outcome extends Omit<Opened, 'storage'> {
  readonly place: Place;
}

/** The names that a `ChangeEvent` can have. */
const userTables = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'
  AND name NOT GLOB '_wheatear_*'`;

/** What a tab asks of owners, one after the other, and what it tells its page when there is another one. */
export class AskedOwners extends Requests {
  readonly #options: TabOptions;
  readonly #opening = new Deferred<Opened>();
  readonly #persisted = isPersisted();
  readonly #epochs = new Set<Epoch>();

  /** @param onAbandon hears which request the owner need not do any more */
  constructor(options: TabOptions, onAbandon: (id: number) => void) {
    super(undefined, onAbandon);
    this.#options = options;
  }

  /** Resolves once there is the first. */
  get opening(): Promise<Opened> {
    return this.#opening.promise;
  }

  /** Whether there was one: then the database can be used, here or in another tab, or could. */
  get isOpened(): boolean {
    return this.#epochs.size > 0;
  }

  /** Whether the owner of this time was asked. */
  has(epoch: Epoch): boolean {
    return this.#epochs.has(epoch);
  }

  /** From now on this owner is asked; `isOwner`: it is this tab. */
  ask(epoch: Epoch, wire: Wire, outcome: Outcome, isOwner: boolean): void {
    const isFirst = !this.isOpened;
    this.#epochs.add(epoch);
    this.connect(wire);
    // An owner has measured how long it took until it could begin.
    if (isFirst && !isOwner) this.#options.diagnostics.measure('lock');
    if (isFirst) return void this.#tellOpened(outcome);
    void tell(this.#options.onOwnerChange, { isOwner });
    this.#tellAllChanged().catch(() => {});
  }

  protected override answered(request: Request, since: number, durationMs: number): void {
    this.#options.diagnostics.answered(request, since, durationMs);
  }

  /** This and every later request rejects with `error`, and so does opening if there was no owner. */
  override end(error: WheatearError): void {
    this.#opening.reject(error);
    super.end(error);
    this.#options.news.ended(error);
  }

  async #tellOpened({ place, ...outcome }: Outcome): Promise<void> {
    this.#opening.resolve({ ...outcome, storage: { ...place, persisted: await this.#persisted } });
  }

  /** What was changed while no owner was heard is not known. */
  async #tellAllChanged(): Promise<void> {
    const tables = await this.request('query', { sql: userTables, params: [], transaction: undefined, key: undefined });
    this.#options.news.changed(
      (tables as SqlRow[]).map(({ name }) => String(name)),
      true,
    );
  }
}

/** What comes of opening a database that another tab has open, and that is at this version. */
export function letIn(place: Place, version: string | null): Outcome {
  const report = { from: version, to: version, applied: [], rolledBack: [], warnings: [] };
  return { report, backup: null, place };
}
