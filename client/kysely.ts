export { type KyselyDatabase, WheatearDialect } from './kysely/dialect.js';
