import type { ErrorData } from '../protocol/errors.js';
import type { ClientId } from '../protocol/ids.js';
import type { Ownership, Request, Superseded, WorkerMessage } from '../protocol/messages.js';
import type { OperationReport } from '../protocol/migration-operation.js';
import { type MigrationSummary, relationOf, upTo } from '../protocol/migration-set.js';
import type { Announcement, Ask, Echo, Join, LobbyMessage, OwnerMessage } from '../protocol/tab-messages.js';
import { channelOf, lifeOf, lobbyOf } from '../storage/addresses.js';
import { Client } from './client.js';
import { errorDataOf, faultData } from './fault.js';
import type { OwnMigrations } from './migration-set.js';

/** How long tabs have to save something before a newer build takes over, in milliseconds. */
const deadlineMs = 3000;

/** What an owner needs of whoever answers requests. */
export interface Server {
  receive(request: Request, client: Client): void;
  /** A tab is gone: what it has left open is undone. */
  forget(client: Client): void;
  /** Finishes what is begun, begins nothing more, and closes the database. */
  retire(): Promise<void>;
  /** Whether the database is still stored. */
  isStored(): Promise<boolean>;
  /** What is applied, as the database has recorded it. */
  applied(): Promise<MigrationSummary[]>;
}

/** A tab that has been let in, and the channel on which it asks. */
interface Guest {
  readonly client: Client;
  readonly channel: BroadcastChannel;
}

interface OwnerOptions extends Ownership {
  readonly database: string;
  readonly migrations: OwnMigrations;
  /** The last migration that its page wanted. */
  readonly target: string | undefined;
}

/** In the owner's worker: lets other tabs use its database, and gives way to a newer build. */
export class Owner {
  readonly #server: Server;
  readonly #page: Client;
  readonly #options: OwnerOptions;
  readonly #lobby: BroadcastChannel;
  readonly #guests = new Map<ClientId, Guest>();
  /** Id of the newest migration. */
  #version: string | null = null;
  /** Ids of migrations that were taken back, or forgotten, since it serves. */
  readonly #lacks = new Set<string>();
  #isServing = false;
  /** Who has not yet said that it has saved what it wanted; `undefined` while nobody is to take over. */
  #unsaved: Set<ClientId> | undefined;
  #onSaved: () => void = () => {};

  constructor(server: Server, page: Client, options: OwnerOptions) {
    this.#server = server;
    this.#page = page;
    this.#options = options;
    this.#lobby = new BroadcastChannel(lobbyOf(options.database));
  }

  /** Tells every tab something. */
  announce(announcement: Announcement): void {
    this.#lobby.postMessage(announcement);
  }

  change(tables: readonly string[]): void {
    this.announce({ type: 'change', epoch: this.#options.epoch, tables });
  }

  /** The stored database was deleted: whoever has it open must not go on with an empty one. */
  deleted(error: ErrorData): void {
    this.announce({ type: 'deleted', epoch: this.#options.epoch, error });
  }

  /** The database is open and current: from now on others may ask. */
  serve(version: string | null): void {
    this.#version = version;
    this.#isServing = true;
    this.#lobby.onmessage = async ({ data }: MessageEvent<LobbyMessage>) => {
      if (data.type !== 'join' || !(await this.#server.isStored())) return;
      // Nobody else would tell it that it waits in vain.
      await this.#receive(data).catch((error) => this.#refuse(data.client, errorDataOf(error) ?? faultData(error)));
    };
    this.announce({ type: 'owner', epoch: this.#options.epoch });
  }

  /**
   * Other migrations are applied now. A new tab finds missing what was taken back, and takes over to apply it, as if this
   * one was not there.
   */
  moved({ to, rolledBack, applied, steps }: OperationReport): void {
    this.#version = to;
    for (const { id } of rolledBack) this.#lacks.add(id);
    for (const { id } of applied) this.#lacks.delete(id);
    for (const { id, operation } of steps) {
      if (operation === 'unmark') this.#lacks.add(id);
      if (operation === 'mark' || operation === 'baseline' || operation === 'adopt') this.#lacks.delete(id);
    }
  }

  /** @throws ErrorData if a tab does not have the same migrations as this one */
  requireSameSet({ digest }: Client): void {
    if (digest !== undefined && digest !== this.#options.migrations.build.digest) throw otherSet;
  }

  /** A tab has saved what it wanted, or is gone. */
  saved(client: ClientId = this.#options.client): void {
    if (this.#unsaved?.delete(client) && this.#unsaved.size === 0) this.#onSaved();
  }

  /** A tab that has been let in. */
  find(client: ClientId): Client | undefined {
    return this.#guests.get(client)?.client;
  }

  /** Others are not answered any more. */
  stop(): void {
    this.#isServing = false;
    this.#lobby.close();
    for (const { client, channel } of this.#guests.values()) {
      client.close();
      channel.close();
    }
    this.#guests.clear();
  }

  async #receive({ client, build, target, edited, isAgain }: Join): Promise<void> {
    const { epoch, client: owner, place, migrations } = this.#options;
    const own = migrations.build;
    const isSame = own.digest === build.digest;
    const wanted = build.migrations ?? (isSame ? own.migrations : undefined);
    // A set that is only announced here is applied, all of it.
    const found = wanted
      ? relationOf(await this.#applied(isAgain), { migrations: wanted }, target)
      : ({ kind: isSame ? 'current' : 'unknown' } as const);
    const channel = this.#guests.get(client)?.channel ?? new BroadcastChannel(channelOf(client));
    const post = (message: OwnerMessage) => channel.postMessage(message);
    // A tab that was here before has the old text.
    const isReapplied = found.kind === 'edited' && edited === 'reapply' && !isAgain;
    const relation = isReapplied ? { ...found, kind: 'behind' as const } : found;
    switch (relation.kind) {
      case 'current':
        this.#admit(client, channel, build.digest);
        post({ type: 'joined', epoch, owner, place, to: this.#version });
        return;
      case 'behind':
        if (!this.#guests.has(client)) channel.close();
        if (!this.#unsaved) void this.#giveWay(client, upTo(wanted ?? [], target));
        return;
      case 'unknown':
        post({ type: 'unknown', epoch });
        if (!this.#guests.has(client)) channel.close();
        return;
      default:
        post({ type: 'refused', epoch, error: refusal(relation.kind, relation.migrationId) });
        if (!this.#guests.has(client)) channel.close();
    }
  }

  #refuse(client: ClientId, error: ErrorData): void {
    const channel = new BroadcastChannel(channelOf(client));
    channel.postMessage({ type: 'refused', epoch: this.#options.epoch, error } satisfies OwnerMessage);
    channel.close();
  }

  #admit(id: ClientId, channel: BroadcastChannel, digest: string): void {
    if (this.#guests.has(id)) return;
    const { epoch } = this.#options;
    const post = (message: WorkerMessage) => {
      channel.postMessage({ type: 'answer', epoch, message } satisfies OwnerMessage);
    };
    const client = new Client(id, post, digest);
    this.#guests.set(id, { client, channel });
    channel.onmessage = ({ data }: MessageEvent<Ask | Echo | OwnerMessage>) => {
      if (data.type === 'ask' && data.epoch === epoch) this.#server.receive(data.request, client);
    };
    // The browser grants it when the tab is gone, however that happened. Shared, for this worker's page may wait for the same.
    void navigator.locks.request(lifeOf(id), { mode: 'shared' }, () => this.#dismiss(id, client));
  }

  #dismiss(id: ClientId, client: Client): void {
    this.#guests.get(id)?.channel.close();
    this.#guests.delete(id);
    this.#server.forget(client);
    this.saved(id);
  }

  async #giveWay(by: ClientId, applied: readonly MigrationSummary[]): Promise<void> {
    const { epoch, client } = this.#options;
    const unsaved = new Set([client, ...this.#guests.keys()]);
    this.#unsaved = unsaved;
    await new Promise<void>((resolve) => {
      this.#onSaved = resolve;
      setTimeout(resolve, deadlineMs);
      this.announce({ type: 'superseding', epoch, by, applied, deadlineMs });
    });
    await this.#server.retire();
    if (!this.#isServing) return;
    const superseded: Superseded = { type: 'superseded', epoch, by };
    // Page and tabs hear it on the way that their answers take, so that it comes behind those.
    this.#page.post(superseded);
    for (const { channel } of this.#guests.values()) channel.postMessage(superseded);
    this.announce(superseded);
    this.stop();
  }

  /** @param isAgain whether that is told to a tab which has used the database before */
  async #applied(isAgain: boolean): Promise<readonly MigrationSummary[]> {
    const { migrations, target } = this.#options;
    const { migrations: known } = migrations.build;
    return known ? upTo(known, target).filter(({ id }) => isAgain || !this.#lacks.has(id)) : this.#server.applied();
  }
}

const otherSet: ErrorData = {
  class: 'HistoryError',
  code: 'database_ahead',
  message:
    'The tab that holds the database has other migrations than this one; nothing was done. Reload this tab, or close the other one, and do it again.',
};

function refusal(kind: 'ahead' | 'edited', id: string): ErrorData {
  const name = JSON.stringify(id);
  return kind === 'ahead'
    ? {
        class: 'HistoryError',
        code: 'database_ahead',
        migrationId: id,
        message: `Another tab runs a newer build, which has applied ${name}, and this one does not know that migration; reload the page to get the newer build.`,
      }
    : {
        class: 'HistoryError',
        code: 'edited',
        migrationId: id,
        message: `Another tab runs a build in which the migration ${name} has another text than in this one; reload both.`,
      };
}
