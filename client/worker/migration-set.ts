import type { ErrorData } from '../protocol/errors.js';
import type { MigrationSource } from '../protocol/migration-source.js';
import type { Migrations, WheatearModule } from './module.js';

/**
 * The migrations of this worker: those that its page gives, or else those that its module carries.
 *
 * @throws ErrorData of what is wrong with them, or `no_migrations`
 */
export function setOf(module: WheatearModule, source: MigrationSource | undefined): Migrations {
  if (source === undefined) {
    if (module.migrations) return module.migrations();
    throw none('the option migrations of open must have them, for the module of its worker has none');
  }
  const { files, sql = [], tryOut } = source;
  const { setOfFiles, setOfSql } = module;
  if (!setOfFiles || !setOfSql) {
    throw none('the module of the worker takes none from open; leave one of its options worker and migrations out');
  }
  if (!files) return setOfSql([...sql], tryOut);
  return setOfFiles(
    files.map(([path]) => path),
    files.map(([, text]) => text),
    tryOut,
  );
}

function none(reason: string): ErrorData {
  return { class: 'DefinitionError', code: 'no_migrations', message: `There are no migrations: ${reason}.` };
}
