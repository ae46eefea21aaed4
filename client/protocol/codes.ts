// Generated from crates/core/src/code.rs: `cargo test --test codes` compares, and with UPDATE_CODES=1 rewrites.

/** Every error code, by the class of error that carries it. */
export interface CodesOf {
  DefinitionError:
    | 'invalid_name'
    | 'invalid_option'
    | 'duplicate_id'
    | 'unknown_dependency'
    | 'dependency_cycle'
    | 'transaction_control'
    | 'invalid_pragma'
    | 'empty_migration'
    | 'no_migrations'
    | 'invalid_header'
    | 'unreadable_file'
    | 'unsound_migration';
  HistoryError:
    | 'edited'
    | 'missing'
    | 'database_ahead'
    | 'partly_replaced'
    | 'late'
    | 'unknown_target'
    | 'irreversible'
    | 'has_dependants'
    | 'already_managed'
    | 'unmanaged'
    | 'unadoptable'
    | 'schema_drift'
    | 'ledger_corrupt'
    | 'ledger_too_new';
  ApplyError: 'statement_failed' | 'code_failed' | 'foreign_key_violation' | 'cancelled' | 'not_sql';
  QueryError: 'query_failed' | 'query_refused' | 'invalid_value' | 'result_too_large' | 'transaction_misuse';
  StorageError:
    | 'storage_unsupported'
    | 'storage_busy'
    | 'storage_full'
    | 'storage_io'
    | 'not_a_database'
    | 'database_corrupt'
    | 'database_truncated'
    | 'database_encrypted'
    | 'invalid_page_size'
    | 'wal_missing'
    | 'no_such_database'
    | 'storage_elsewhere'
    | 'database_exists';
  ConnectionError: 'closed' | 'owner_lost' | 'superseded' | 'timeout' | 'other_protocol' | 'worker_failed';
}

/** Name of a class of errors. */
export type ErrorClass = keyof CodesOf;

/** Stable, flat name of what went wrong. A new one is a minor release, a renamed one a major. */
export type ErrorCode = CodesOf[ErrorClass];

/** The class of error that carries a code. */
export type ClassOf<Code extends ErrorCode> = {
  [Class in ErrorClass]: Code extends CodesOf[Class] ? Class : never;
}[ErrorClass];
