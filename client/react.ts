'use client';
export type {
  DatabaseState,
  FailedState,
  OpeningState,
  OpenState,
  ReactDatabase,
  SupersededState,
  UpgradingState,
  Watched,
} from './react/connection.js';
export { DatabaseProvider, type DatabaseProviderProps, useDatabase, useDatabaseState } from './react/provider.js';
export { type QueryOptions, type QueryState, useQuery } from './react/use-query.js';
