import type { MigrateOptions } from './open-options.js';
import type { Progress } from './progress.js';
import type { MigrationStatus, Report } from './report.js';
import type { SqlParameters, SqlRow } from './values.js';

/** The migrations that a wasm module carries: a handle that only the module can read. */
export type Migrations = object;

/** A connection inside the wasm module; its methods throw `ErrorData`. See src/wasm/connection.rs. */
export interface ModuleConnection {
  migrate(migrations: Migrations, options: MigrateOptions, onProgress?: (progress: Progress) => void): Report;
  status(migrations: Migrations): MigrationStatus[];
  query(sql: string, params: SqlParameters): SqlRow[];
  exec(script: string): void;
  begin(): void;
  commit(): void;
  rollback(): void;
  close(): void;
}

/**
 * What wasm-bindgen makes (`--target web`) of a crate that calls `wheatear::export_migrations!`:
 * hand the whole namespace to `serve`.
 */
export interface WheatearModule {
  /** Loads and starts the module. */
  default(): Promise<unknown>;
  migrations(): Migrations;
  readonly Connection: { open(name: string): Promise<ModuleConnection> };
  exportDatabase(name: string): Promise<Uint8Array>;
  deleteDatabase(name: string): Promise<void>;
}
