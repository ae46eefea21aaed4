import type { DatabaseInfo } from '../../protocol/database-info.js';
import type { LogEntry, Plan } from '../../protocol/migration-operation.js';
import type { MigrationStatus } from '../../protocol/report.js';
import type { BatchArrays, RowArrays, SqlParameters } from '../../protocol/values.js';

/** What the inspector needs of a database: what `open` gives has it, whichever module it runs on. */
export interface InspectedDatabase {
  readonly name: string;
  query(sql: string, params: SqlParameters, options: { readonly rows: 'array' } & Stoppable): Promise<RowArrays>;
  batch(statements: readonly string[], options: { readonly rows: 'array' } & Stoppable): Promise<BatchArrays[]>;
  watch(sql: string, params: SqlParameters, options: { readonly rows: 'array' } & RowListeners): { stop(): void };
  status(): Promise<MigrationStatus[]>;
  plan(): Promise<Plan>;
  log(): Promise<LogEntry[]>;
  info(): Promise<DatabaseInfo>;
  addEventListener(type: 'change', listener: () => void, options: { readonly signal: AbortSignal }): void;
}

interface Stoppable {
  readonly signal?: AbortSignal;
}

interface RowListeners {
  readonly onRows: (rows: RowArrays) => void;
  readonly onError: (error: unknown) => void;
}
