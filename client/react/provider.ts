import {
  createContext,
  createElement,
  Fragment,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Database } from '../page/database.js';
import { beginning, Connection, type DatabaseState, type ReactDatabase, type Watched } from './connection.js';

/** What a `DatabaseProvider` takes. */
export interface DatabaseProviderProps {
  /**
   * Opens the database, once, when the provider is mounted, and the newest one when that is tried again; with what is passed to it beside your own options:
   * `(watched) => open('weather', { migrations, ...watched })`. For another database, give the provider another `key`.
   */
  readonly open: (watched: Watched) => Promise<ReactDatabase>;
  /**
   * What is shown in the place of the children while the database is opened or upgraded, or when that has failed; and before
   * the children, which stay, when it is superseded. Without it nothing is shown, and what has failed is thrown, for an error
   * boundary.
   */
  readonly fallback?: ((state: Exclude<DatabaseState, { readonly status: 'open' }>) => ReactNode) | undefined;
  readonly children?: ReactNode;
}

const StateContext = createContext<DatabaseState | undefined>(undefined);

/**
 * Opens a database for everything inside of it, and closes it when it is unmounted.
 *
 * ```ts
 * createElement(DatabaseProvider, { open: (watched) => open('weather', { migrations, ...watched }) }, children);
 * ```
 */
export function DatabaseProvider({ open, fallback, children }: DatabaseProviderProps): ReactNode {
  const newest = useRef(open);
  useEffect(() => {
    newest.current = open;
  }, [open]);
  const [connection] = useState(() => new Connection((watched) => newest.current(watched)));
  const state = useSyncExternalStore(connection.subscribe, connection.state, () => beginning);
  useEffect(() => connection.use(), [connection]);
  if (state.status === 'failed' && !fallback) throw state.error;
  const hasDatabase = state.status === 'open' || state.status === 'superseded';
  const shown = state.status === 'open' ? undefined : fallback?.(state);
  // The same places in every state, so that the children stay when there is something before them.
  const content = createElement(Fragment, undefined, shown, hasDatabase ? children : undefined);
  return createElement(StateContext.Provider, { value: state }, content);
}

/**
 * The database of the nearest `DatabaseProvider`, which is open.
 *
 * ```ts
 * const db = useDatabase();
 * const add = () => db.sql`INSERT INTO weather_node (node_addr, temp_c) VALUES (${17}, ${21})`;
 * ```
 *
 * With another class than that of `wheatear`: `useDatabase<Database>()`.
 *
 * @throws {Error} outside of one.
 */
export function useDatabase<Db extends ReactDatabase = Database>(): Db {
  const state = useDatabaseState();
  if (state.status === 'open' || state.status === 'superseded') return state.db as ReactDatabase as Db;
  throw new Error('The database is not open yet; use it in the children of DatabaseProvider, not in its fallback.');
}

/**
 * What has become of the database of the nearest `DatabaseProvider`, such as for a banner somewhere among its children.
 *
 * @throws {Error} outside of one.
 */
export function useDatabaseState(): DatabaseState {
  const state = useContext(StateContext);
  if (state) return state;
  throw new Error('There is no DatabaseProvider around this component.');
}
