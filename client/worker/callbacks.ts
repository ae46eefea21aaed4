import type { SqlValue } from '../protocol/values.js';
import type { Client } from './client.js';
import { invalidOption } from './invalid-option.js';
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
   * @throws ErrorData `invalid_option` for a name that SQLite has, or that the worker's script has taken
   */
  add(connection: ModuleConnection, name: string, listener: Listener): void {
    const known = name.toLowerCase();
    if (this.#taken.has(known)) {
      throw invalidOption(
        `The worker's script has a function ${JSON.stringify(name)} already: create it under another name.`,
      );
    }
    if (isBuiltIn(connection, known)) {
      throw invalidOption(
        `SQLite has a function ${JSON.stringify(name)}, which tables and migrations of all tabs may use: take another name.`,
      );
    }
    const listeners = this.#listeners.get(known) ?? this.#define(connection, name, known);
    // An owner asks again when it is that again; who has gone, or wants it no more, is forgotten.
    const isSame = ({ client, id }: Listener) => client === listener.client && id === listener.id;
    const others = listeners.filter((each) => !each.client.isGone && each.client.wanted.has(each.id) && !isSame(each));
    listeners.splice(0, listeners.length, ...others, listener);
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

function isBuiltIn(connection: ModuleConnection, name: string): boolean {
  const sql = 'SELECT 1 FROM pragma_function_list WHERE builtin AND name = ?';
  return connection.queryArrays(sql, [name]).rows.length > 0;
}
