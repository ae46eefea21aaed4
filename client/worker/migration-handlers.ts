import type { Operations } from '../protocol/messages.js';
import type { MigrationOperation, OperateRequest, OperationReport, Plan } from '../protocol/migration-operation.js';
import type { Client } from './client.js';
import { errorDataOf } from './fault.js';
import type { Migrations } from './module.js';
import type { Owner } from './owner.js';
import type { StoredConnection } from './stored-connection.js';

/** What is open, for whoever asks something of its migrations. */
export interface OpenDatabase {
  readonly migrations: Migrations;
  readonly connection: StoredConnection;
  /** `undefined` of a database that is nobody else's. */
  readonly owner: Owner | undefined;
  /** Tells every tab which tables were changed. */
  tellChanges(): Promise<void>;
}

type Handled = 'operate' | 'plan' | 'rehearse' | 'log' | 'info';

type MigrationHandlers = {
  readonly [Type in Handled]: (
    request: Operations[Type]['request'],
    client: Client,
  ) => Promise<Operations[Type]['response']>;
};

/** Plans nothing, and so refuses no history; tells which migration is the newest. */
const nothing: MigrationOperation = { operation: 'mark', on: [], options: {} };

/** How requests about migrations are carried out. Throws errors as `DatabaseWork.carryOut` does. */
export function migrationHandlers(opened: () => OpenDatabase): MigrationHandlers {
  const ask = (mode: OperateRequest['mode'], { operation, on, options }: MigrationOperation) => {
    const { migrations, connection } = opened();
    return connection.run((at) => at.operate(migrations, { mode, operation, on, options }));
  };
  /** The same, of a client that has the same migrations: it speaks of those that it knows. */
  const askFor = async (mode: OperateRequest['mode'], operation: MigrationOperation, client: Client) => {
    opened().owner?.requireSameSet(client);
    return ask(mode, operation);
  };
  // What comes back the mode says, which TypeScript cannot follow here.
  return {
    operate: async (request, client) => {
      const { owner, tellChanges } = opened();
      try {
        const report = (await askFor('run', request, client)) as OperationReport;
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
    plan: (request, client) => askFor('plan', request, client) as Promise<Plan>,
    rehearse: (request, client) => askFor('rehearse', request, client) as Promise<Operations['rehearse']['response']>,
    log: () => ask('log', nothing) as Promise<Operations['log']['response']>,
    info: async () => {
      const { from: version } = (await ask('plan', nothing)) as Plan;
      return { ...(await readInfo(opened().connection)), version };
    },
  };
}

const pages = `SELECT page_size, page_count, freelist_count, sqlite_version()
  FROM pragma_page_size, pragma_page_count, pragma_freelist_count`;

function readInfo(connection: StoredConnection): Promise<Omit<Operations['info']['response'], 'version'>> {
  return connection.run((at) => {
    const [[pageSize, count, freePages, version] = []] = at.queryArrays(pages, []).rows;
    const options = at.queryArrays('PRAGMA compile_options', []).rows.map(([option]) => String(option));
    return {
      size: Number(pageSize) * Number(count),
      pageSize: Number(pageSize),
      freePages: Number(freePages),
      sqlite: { version: String(version), options },
    };
  });
}
