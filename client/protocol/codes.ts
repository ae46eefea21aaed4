// Generated from crates/core/src/code.rs: `cargo test --test codes` compares, and with UPDATE_CODES=1 rewrites.

/** Every error code, by the class of error that carries it: in one text for each, which takes the fewest bytes. */
export const errorCodes = {
  DefinitionError:
    'invalid_name invalid_option duplicate_id unknown_dependency dependency_cycle transaction_control invalid_pragma empty_migration no_migrations invalid_header unreadable_file unsound_migration',
  HistoryError:
    'edited missing database_ahead late unknown_target irreversible already_managed unmanaged schema_drift ledger_corrupt ledger_too_new',
  ApplyError: 'statement_failed code_failed foreign_key_violation cancelled',
  QueryError: 'query_failed query_refused invalid_value result_too_large transaction_misuse',
  StorageError:
    'storage_unsupported storage_busy storage_full storage_io not_a_database database_corrupt database_truncated database_encrypted invalid_page_size wal_missing no_such_database storage_elsewhere database_exists',
  ConnectionError: 'closed owner_lost superseded timeout other_protocol worker_failed',
} as const;

type Word<Text> = Text extends `${infer First} ${infer Rest}` ? First | Word<Rest> : Text;

/** The codes that a class of error carries. */
export type CodeOf<Class extends keyof typeof errorCodes> = Word<(typeof errorCodes)[Class]>;

/** Stable, flat name of what went wrong. A new one is a minor release, a renamed one a major. */
export type ErrorCode = CodeOf<keyof typeof errorCodes>;
