import { DatabaseServer } from './database-server.js';
import type { Request } from './messages.js';
import type { WheatearModule } from './module.js';

export type { WheatearModule } from './module.js';

/**
 * Makes this dedicated worker the one that holds a database. The whole script of such a worker:
 *
 * ```ts
 * import { serve } from 'wheatear/worker';
 * import * as module from './pkg/weather.js';
 *
 * serve(module);
 * ```
 */
export function serve(module: WheatearModule): void {
  const server = new DatabaseServer(module);
  addEventListener('message', ({ data }: MessageEvent<Request>) => server.receive(data));
}
