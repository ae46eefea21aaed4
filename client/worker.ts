import { type Equipment, type Greeting, type Hello, Receptionist } from './protocol/greeting.js';
import { type Request, transfersOfMessage } from './protocol/messages.js';
import { Client } from './worker/client.js';
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
  const page = new Client(undefined, (message) => postMessage(message, { transfer: transfersOfMessage(message) }));
  const receptionist = new Receptionist();
  const server = new DatabaseServer(module, receptionist.wasm, page);
  addEventListener('message', ({ data }: MessageEvent<Hello | Equipment | Request>) => {
    if (data.type === 'hello') postMessage(receptionist.answer(data));
    else if (data.type === 'equipment') receptionist.equip(data);
    else server.receive(data, page);
  });
  postMessage({ type: 'serving' } satisfies Greeting);
}
