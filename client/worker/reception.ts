import { type Equipment, type Greeting, type Hello, Receptionist } from '../protocol/greeting.js';
import { type Request, transfersOfMessage, type WorkerMessage } from '../protocol/messages.js';
import { Client } from './client.js';
import { DatabaseServer } from './database-server.js';
import type { WheatearModule } from './module.js';
import type { ServeOptions } from './serve-options.js';

/** What a page sends to whoever serves it. */
export type FromPage = Hello | Equipment | Request;

/** What it hears from there. */
export type ToPage = Greeting | WorkerMessage;

/** Whoever serves a page, wherever that runs. */
export interface Reception {
  /** Takes in what a page says. */
  receive(data: FromPage): void;
  /** Ends what the page has open. */
  close(): Promise<void>;
}

/** Serves the page that `post` leads to; it is told at once that somebody is there. */
export function receptionFor(
  module: WheatearModule,
  options: ServeOptions,
  post: (message: ToPage, transfer: Transferable[]) => void,
): Reception {
  const page = new Client(undefined, (message) => post(message, transfersOfMessage(message)));
  const receptionist = new Receptionist();
  const server = new DatabaseServer(module, options, receptionist.wasm, page);
  post({ type: 'serving' }, []);
  return {
    receive(data) {
      if (data.type === 'hello') post(receptionist.answer(data), []);
      else if (data.type === 'equipment') receptionist.equip(data);
      else server.receive(data, page);
    },
    close() {
      server.forget(page);
      return server.retire();
    },
  };
}
