export type { LostRows } from './testing/contents.js';
export { type InMemoryOptions, openInMemory } from './testing/in-memory.js';
export type { StoredFile } from './testing/stored-file.js';
export { expectUpgrade, UpgradeFailure, type UpgradeOptions } from './testing/upgrade.js';
