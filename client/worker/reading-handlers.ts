import type { Operations } from '../protocol/messages.js';
import { requireSql } from './require-sql.js';
import type { StoredConnection } from './stored-connection.js';

type Handled = 'fetch' | 'closeCursor' | 'watch';

type ReadingHandlers = {
  readonly [Type in Handled]: (request: Operations[Type]['request']) => Promise<Operations[Type]['response']>;
};

/** How streams and live queries are answered. The end of a transaction, for whatever reason, closes its cursors. */
export function readingHandlers(opened: () => StoredConnection): ReadingHandlers {
  return {
    fetch: async ({ cursor, sql, params, count, rows }) => {
      requireSql(sql);
      return opened().run((connection) => connection.fetch(cursor, sql, params, count, rows === 'array'));
    },
    closeCursor: ({ cursor }) => opened().run((connection) => connection.closeCursor(cursor)),
    watch: async ({ sql, params, rows }) => {
      requireSql(sql);
      return opened().run((connection) => {
        // Each time, for a view of this name may be another one by now.
        const tables = connection.tablesRead(sql);
        const result = rows === 'array' ? connection.queryArrays(sql, params) : connection.query(sql, params);
        return { result, tables };
      });
    },
  };
}
