import type { Operations, SetRequest } from '../protocol/messages.js';
import type { MigrationOperation, OperateRequest, OperationReport, Plan } from '../protocol/migration-operation.js';
import type { Client } from './client.js';
import { errorDataOf } from './fault.js';
import type { OwnMigrations } from './migration-set.js';
import type { Owner } from './owner.js';
import type { StoredConnection } from './stored-connection.js';

/** What is open, for whoever asks something of its migrations. */
export interface OpenDatabase {
  readonly migrations: OwnMigrations;
  readonly connection: StoredConnection;
  /** `undefined` of a database that is nobody else's. */
  readonly owner: Owner | undefined;
  /** Tells every tab which tables were changed. */
  tellChanges(): Promise<void>;
}

type Handled = 'status' | 'operate' | 'plan' | 'rehearse' | 'log' | 'info';

type MigrationHandlers = {
  readonly [Type in Handled]: (
    request: Operations[Type]['request'],
    client: Client,
  ) => Promise<Operations[Type]['response']>;
};

type Answer = OperationReport | Plan | Operations['rehearse']['response'];

/** How requests about migrations are carried out. Throws errors as `DatabaseWork.carryOut` does. */
export function migrationHandlers(opened: () => OpenDatabase): MigrationHandlers {
  /** Of a client that has the same migrations: it speaks of those that it knows. */
  const ask = async (
    mode: OperateRequest['mode'],
    { source, ...operation }: MigrationOperation & SetRequest,
    client: Client,
  ): Promise<Answer> => {
    const { connection, owner, migrations } = opened();
    owner?.requireSameSet(client);
    if (migrations.announced !== undefined) migrations.supply(source);
    return connection.run((at) => at.operate(migrations.set, { ...operation, mode }));
  };
  // What comes back the mode says, which TypeScript cannot follow here.
  return {
    status: async ({ source }) => {
      const { connection, migrations } = opened();
      // Whoever asks may have others, and be told of those.
      const set = migrations.announced === undefined ? migrations.set : migrations.of(source);
      return connection.run((at) => at.status(set));
    },
    operate: async (request, client) => {
      const { owner, tellChanges } = opened();
      try {
        const report = (await ask('run', request, client)) as OperationReport;
        owner?.moved(report);
        return report;
      } catch (error) {
        // What could not be undone is done.
        const partial = errorDataOf(error)?.report;
        if (partial) {
          owner?.moved({ steps: [], ...partial });
          await tellChanges();
        }
        throw error;
      }
    },
    plan: (request, client) => ask('plan', request, client) as Promise<Plan>,
    rehearse: (request, client) => ask('rehearse', request, client) as Promise<Operations['rehearse']['response']>,
    log: async () => opened().connection.run((at) => at.log()),
    info: () => readInfo(opened().connection),
  };
}

const pages = `SELECT page_size, page_count, freelist_count, sqlite_version()
  FROM pragma_page_size, pragma_page_count, pragma_freelist_count`;

function readInfo(connection: StoredConnection): Promise<Operations['info']['response']> {
  return connection.run((at) => {
    const [[pageSize, count, freePages, sqlite] = []] = at.queryArrays(pages, []).rows;
    const options = at.queryArrays('PRAGMA compile_options', []).rows.map(([option]) => String(option));
    return {
      size: Number(pageSize) * Number(count),
      pageSize: Number(pageSize),
      freePages: Number(freePages),
      sqlite: { version: String(sqlite), options },
      version: at.applied().at(-1)?.id ?? null,
    };
  });
}
