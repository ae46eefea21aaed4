// Generated from crates/core/src/code.rs: `cargo test --test codes` compares, and with UPDATE_CODES=1 rewrites.

/** Every error code, and the class of error that carries it. */
export const errorClasses = {
  invalid_name: 'DefinitionError',
  invalid_option: 'DefinitionError',
  duplicate_id: 'DefinitionError',
  unknown_dependency: 'DefinitionError',
  dependency_cycle: 'DefinitionError',
  transaction_control: 'DefinitionError',
  empty_migration: 'DefinitionError',
  invalid_header: 'DefinitionError',
  unreadable_file: 'DefinitionError',
  edited: 'HistoryError',
  missing: 'HistoryError',
  database_ahead: 'HistoryError',
  late: 'HistoryError',
  unknown_target: 'HistoryError',
  irreversible: 'HistoryError',
  already_managed: 'HistoryError',
  schema_drift: 'HistoryError',
  ledger_corrupt: 'HistoryError',
  ledger_too_new: 'HistoryError',
  statement_failed: 'ApplyError',
  code_failed: 'ApplyError',
  foreign_key_violation: 'ApplyError',
  cancelled: 'ApplyError',
  query_failed: 'QueryError',
  invalid_value: 'QueryError',
  transaction_misuse: 'QueryError',
  storage_unsupported: 'StorageError',
  storage_busy: 'StorageError',
  storage_full: 'StorageError',
  storage_io: 'StorageError',
  not_a_database: 'StorageError',
  closed: 'ConnectionError',
  worker_failed: 'ConnectionError',
} as const;

/** Stable, flat name of what went wrong. A new one is a minor release, a renamed one a major. */
export type ErrorCode = keyof typeof errorClasses;
