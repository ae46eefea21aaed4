import type { ClientId } from '../protocol/ids.js';
import type { WorkerMessage } from '../protocol/messages.js';

/** Whoever sends requests: this worker's page, or another tab. */
export interface Asker {
  /** `undefined`: this worker's page. */
  readonly client: ClientId | undefined;
  /** Whether it hears nothing any more. */
  readonly isGone: boolean;
  post(message: WorkerMessage): void;
}
