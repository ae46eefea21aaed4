// The schema of the application around examples that use Drizzle.

import { integer, real, sqliteTable } from 'drizzle-orm/sqlite-core';

export const weatherNode = sqliteTable('weather_node', { nodeAddr: integer('node_addr'), tempC: real('temp_c') });
