import type { ErrorData } from '../protocol/errors.js';
import type { SqlValue } from '../protocol/values.js';
import type { Client } from './client.js';
import type { ModuleConnection } from './module.js';
import type { ServeOptions } from './serve-options.js';

/** Who is told of calls, and in which of its requests. */
interface Listener {
  readonly client: Client;
  readonly id: number;
}

/** SQL functions that pages have created, which do nothing but tell them that they are called, and with what. */
export class Callbacks {
  /** Names that the worker's script has taken, without cases, as SQL reads them. */
  readonly #taken: ReadonlySet<string>;
  readonly #listeners = new Map<string, Listener[]>();
  /** Those of work that may have to begin again. */
  #calls: [listeners: Listener[], values: SqlValue[]][] = [];

  constructor({ functions }: ServeOptions) {
    this.#taken = new Set(Object.keys(Object(functions)).map((name) => name.toLowerCase()));
  }

  /**
   * From now on a client is told of calls, as long as it wants that.
   *
   * @throws ErrorData `invalid_option` for a name that the worker's script has taken
   */
  add(connection: ModuleConnection, name: string, listener: Listener): void {
    const known = name.toLowerCase();
    if (this.#taken.has(known)) {
      const message = `The worker's script has a function ${JSON.stringify(name)} already: create it under another name.`;
      throw { class: 'DefinitionError', code: 'invalid_option', message } satisfies ErrorData;
    }
    const listeners = this.#listeners.get(known) ?? this.#define(connection, name, known);
    listeners.push(listener);
    listener.client.post({ type: 'defined', id: listener.id });
  }

  /** A piece of work has ended; or, with what it has done undone, it is begun again. */
  readonly outcome = (isKept: boolean): void => {
    for (const [listeners, values] of this.#calls.splice(0)) {
      for (const { client, id } of isKept ? listeners : []) {
        if (client.wanted.has(id)) client.post({ type: 'called', id, values });
      }
    }
  };

  #define(connection: ModuleConnection, name: string, known: string): Listener[] {
    const listeners: Listener[] = [];
    connection.defineFunction({
      name,
      kind: 'scalar',
      arity: -1,
      isDeterministic: false,
      isDirectOnly: false,
      call: (_, __, values) => {
        this.#calls.push([listeners, values]);
        return { value: null };
      },
    });
    this.#listeners.set(known, listeners);
    return listeners;
  }
}
