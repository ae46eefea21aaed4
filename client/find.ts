export { findDatabases } from './find/find-databases.js';
export type { FoundDatabase } from './find/found-database.js';
