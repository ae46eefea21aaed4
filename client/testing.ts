export { type InMemoryOptions, openInMemory } from './testing/in-memory.js';
