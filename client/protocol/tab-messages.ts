// What tabs of one origin say to each other about a database. Everything that has a name here has the version in it, so
// that tabs with different versions of Wheatear never misunderstand each other.

import type { ErrorData } from './errors.js';
import type { ClientId, Epoch } from './ids.js';
import type { Request, Superseded, Work, WorkerMessage } from './messages.js';
import type { MigrateOptions } from './migrate-options.js';
import type { AnnouncedSet, MigrationSet, MigrationSummary } from './migration-set.js';
import type { Progress } from './progress.js';
import type { Place } from './storage-kind.js';

/** In the lobby, from a tab that wants to use the database. Sent again to every new owner. */
export interface Join {
  type: 'join';
  client: ClientId;
  build: MigrationSet | AnnouncedSet;
  target: string | undefined;
  /** What it would do about migrations that were edited. */
  edited: MigrateOptions['edited'];
  /** Whether the tab has used the database before: then it goes on with what is there, though something was taken back. */
  isAgain: boolean;
}

/** In the lobby, from the owner's worker, or its page. */
export type Announcement =
  /** The database is open, and its schema current: ask me. */
  | { type: 'owner'; epoch: Epoch }
  /** An upgrade is under way. */
  | { type: 'progress'; progress: Progress }
  /** A newer build, in the tab `by`, is about to take over and to bring the database to these migrations. */
  | { type: 'superseding'; epoch: Epoch; by: ClientId; applied: readonly MigrationSummary[]; deadlineMs: number }
  /** The database is closed for that. Those who were let in hear of it on their own channels, behind their answers. */
  | Superseded
  /** The page whose worker has the database answers for it while that is busy; `work`: with what, if it is for long. */
  | { type: 'alive'; work: Work | undefined }
  /** What the owner of this time had open was deleted, though it was open. */
  | { type: 'deleted'; epoch: Epoch; error: ErrorData }
  /** Rows of these tables were changed. */
  | { type: 'change'; epoch: Epoch; tables: readonly string[] };

/** In the lobby, from a tab to the owner's page: what it has asked for under this number it does not want any more. */
export interface Cancel {
  type: 'cancel';
  epoch: Epoch;
  client: ClientId;
  target: number;
}

export type LobbyMessage = Join | Cancel | Announcement;

/** On a tab's own channel, from the owner's worker. */
export type OwnerMessage =
  | { type: 'joined'; epoch: Epoch; owner: ClientId; place: Place; to: string | null }
  | { type: 'refused'; epoch: Epoch; error: ErrorData }
  /** The digest of the tab's set is not enough to tell: it must say all of it. */
  | { type: 'unknown'; epoch: Epoch }
  | { type: 'answer'; epoch: Epoch; message: WorkerMessage }
  | Superseded;

/** On a tab's own channel, from the tab to itself: what was sent to it before has arrived before. */
export interface Echo {
  type: 'echo';
  id: number;
}

/** On a tab's own channel, from the tab. */
export interface Ask {
  type: 'ask';
  epoch: Epoch;
  request: Request;
}
