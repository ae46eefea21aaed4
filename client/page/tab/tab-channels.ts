import type { ClientId, Epoch } from '../../protocol/ids.js';
import type { Request } from '../../protocol/messages.js';
import type { MigrateOptions } from '../../protocol/migrate-options.js';
import type { AnnouncedSet, MigrationSet } from '../../protocol/migration-set.js';
import type { Announcement, Ask, Cancel, Echo, Join, LobbyMessage, OwnerMessage } from '../../protocol/tab-messages.js';
import { channelOf, lifeOf, lobbyOf } from '../../storage/addresses.js';
import { holdLock } from '../../storage/locks.js';
import { unknownTarget } from './tab-errors.js';

/** How long to wait for what a dead owner said last, in milliseconds. */
const echoLimit = 500;

/** What one tab says to the others of a database and hears from them, and the lock that shows that it is there. */
export class TabChannels {
  /** What this tab is called here. */
  readonly client: ClientId = crypto.randomUUID();
  /** Settled when the others can see that this tab is there; what it resolves to ends that. */
  readonly isSeen = holdLock(lifeOf(this.client));
  readonly #database: string;
  readonly #lobby: BroadcastChannel;
  readonly #own: BroadcastChannel;
  readonly #echoes = new Map<number, () => void>();
  #lastEcho = 0;

  /**
   * @param onLobby hears what is said to every tab
   * @param onOwner hears what an owner says to this one
   */
  constructor(database: string, onLobby: (message: LobbyMessage) => void, onOwner: (message: OwnerMessage) => void) {
    this.#database = database;
    this.#lobby = new BroadcastChannel(lobbyOf(database));
    this.#lobby.onmessage = ({ data }: MessageEvent<LobbyMessage>) => onLobby(data);
    this.#own = new BroadcastChannel(channelOf(this.client));
    this.#own.onmessage = ({ data }: MessageEvent<OwnerMessage | Echo>) => {
      if (data.type !== 'echo') return onOwner(data);
      this.#echoes.get(data.id)?.();
      this.#echoes.delete(data.id);
    };
    this.isSeen.catch(() => {});
  }

  /**
   * Says in the lobby that this tab wants to use the database, once the others can see that it is there: an owner takes a
   * tab that cannot be seen for one that is gone.
   *
   * @param isAgain whether it has used the database before
   * @param isWanted whether that is still so when everything is known
   * @throws {HistoryError} `unknown_target`: an owner would take that for a wish to have everything.
   */
  async join(
    build: Promise<MigrationSet | AnnouncedSet>,
    { target, edited }: Pick<MigrateOptions, 'target' | 'edited'>,
    isAgain: boolean,
    isWanted: () => boolean,
  ): Promise<void> {
    await this.isSeen;
    const set = await build;
    if (!isWanted()) return;
    if (target !== undefined && set.migrations && !set.migrations.some(({ id }) => id === target))
      throw unknownTarget(target, set);
    postAnew(lobbyOf(this.#database), { type: 'join', client: this.client, build: set, target, edited, isAgain });
  }

  announce(announcement: Announcement): void {
    this.#lobby.postMessage(announcement);
  }

  /** Throws a `DOMException` if there is something in the request that cannot be copied. */
  ask(epoch: Epoch, request: Request): void {
    this.#own.postMessage({ type: 'ask', epoch, request } satisfies Ask);
  }

  /** Tells the page of the owner, whose worker may be too busy to hear, that something is no longer wanted. */
  cancel(epoch: Epoch, target: number): void {
    postAnew(lobbyOf(this.#database), { type: 'cancel', epoch, client: this.client, target });
  }

  /** Resolves to `true` when everything has arrived that was sent to this tab before; to `false` if that takes too long. */
  flush(): Promise<boolean> {
    const id = ++this.#lastEcho;
    return new Promise((resolve) => {
      this.#echoes.set(id, () => resolve(true));
      setTimeout(() => resolve(false), echoLimit);
      postAnew(channelOf(this.client), { type: 'echo', id });
    });
  }

  /** The others see that this tab is gone. Nothing can be said any more. */
  close(): void {
    this.#lobby.close();
    this.#own.close();
    this.isSeen.then((endLife) => endLife()).catch(() => {});
  }
}

/**
 * Says something on a channel, at a new end of it: Chromium 156 was seen to lose what was said at one that had been there
 * for a while and not used.
 */
function postAnew(channel: string, message: Join | Cancel | Echo): void {
  const end = new BroadcastChannel(channel);
  end.postMessage(message);
  end.close();
}
