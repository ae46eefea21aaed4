import { type Greeting, type Hello, Receptionist } from './protocol/greeting.js';
import { type Request, transfersOf, type WorkerMessage } from './protocol/messages.js';
import { DatabaseServer } from './worker/database-server.js';
import type { WheatearModule } from './worker/module.js';

export type { WheatearModule } from './worker/module.js';

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
  const receptionist = new Receptionist();
  const page = {
    client: undefined,
    isGone: false,
    post: (message: WorkerMessage) => postMessage(message, { transfer: transfersOf(message) }),
  };
  addEventListener('message', ({ data }: MessageEvent<Hello | Request>) => {
    if (data.type === 'hello') postMessage(receptionist.answer(data));
    else server.receive(data, page);
  });
  postMessage({ type: 'serving' } satisfies Greeting);
}
