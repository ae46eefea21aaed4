export { type DrizzleDatabase, drizzle, WheatearDatabase } from './drizzle/database.js';
