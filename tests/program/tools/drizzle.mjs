// `node drizzle.mjs FOLDER DATABASE`: what drizzle has generated into the folder, drizzle applies to a new database.

import { writeFileSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/sql-js';
import { migrate } from 'drizzle-orm/sql-js/migrator';
import initSqlJs from 'sql.js';

const [, , folder, database] = process.argv;
const SQL = await initSqlJs();
const db = new SQL.Database();
migrate(drizzle(db), { migrationsFolder: folder });
writeFileSync(database, db.export());
