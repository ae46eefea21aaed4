import { DefinitionError } from '../protocol/errors.js';
import type { MigrationSource, SqlMigration } from '../protocol/migration-source.js';
import { kindOf } from './kind-of.js';
import { aBoolean, aString, checkOptions, invalidOption, type OptionRule } from './option-rules.js';

/**
 * An application's migrations: a folder of SQL files, as an object of their texts by path, or a list of objects.
 *
 * ```ts
 * import.meta.glob('./migrations/*.sql', { query: '?raw', import: 'default', eager: true })
 *
 * { '0001.nodes.sql': 'CREATE TABLE weather_node (…)', '0001.nodes.rollback.sql': 'DROP TABLE weather_node' }
 *
 * [{ id: '0001.nodes', up: 'CREATE TABLE weather_node (…)', down: 'DROP TABLE weather_node' }]
 * ```
 *
 * Of a path, the last part says which migration it is, and whether it takes that back.
 */
export type Migrations = Readonly<Record<string, string>> | readonly SqlMigration[];

/** What the option must be; what is wrong within, `sourceOf` says. */
export const someMigrations: OptionRule = {
  words: 'an object of SQL texts by path, or an array of migrations',
  fits: (value) => typeof value === 'object' && value !== null,
};

const aList: OptionRule = { words: 'an array of strings', fits: isList };

const rules = {
  id: { ...aString, isRequired: true },
  up: { ...aString, isRequired: true },
  down: aString,
  depends: aList,
  was: aList,
  transactional: aBoolean,
  foreignKeys: aBoolean,
  compatible: aBoolean,
  acceptedChecksums: { words: 'an array of checksums, each of 64 hexadecimal digits', fits: isListOfChecksums },
} satisfies Record<keyof SqlMigration, OptionRule>;

/**
 * What the worker gets of an application's migrations.
 *
 * @throws {DefinitionError} `invalid_option`: they are something else; `no_migrations`: there is no file.
 */
export function sourceOf(migrations: Migrations, tryOut: boolean): MigrationSource {
  if (Array.isArray(migrations)) {
    return { sql: migrations.map(checked), tryOut };
  }
  const files = Object.entries(migrations);
  for (const [path, text] of files) {
    if (typeof text === 'string') continue;
    const remedy = "with import.meta.glob, say { query: '?raw', import: 'default', eager: true }";
    throw invalidOption(
      `In the option migrations, ${JSON.stringify(path)} must be SQL text, not ${kindOf(text)}; ${remedy}.`,
    );
  }
  if (files.length > 0) return { files, tryOut };
  const message = 'The option migrations has no file; if import.meta.glob made it, its pattern matches none.';
  throw new DefinitionError({ code: 'no_migrations', message });
}

function checked(migration: SqlMigration, index: number): SqlMigration {
  try {
    checkOptions(migration, rules);
  } catch (error) {
    throw invalidOption(`In migrations[${index}]: ${(error as Error).message}`);
  }
  return { ...migration };
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isListOfChecksums(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => /^[0-9a-f]{64}$/i.test(item));
}
