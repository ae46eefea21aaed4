// As docs/getting-started.md says of migrations that are loaded when they are needed.

import digest from 'race:digest';
import { open as openDatabase } from 'wheatear';
import { actionsOf } from '../../pages/actions.mjs';
import { sqlOf } from '../shared/own.mjs';

const migrations = { digest, load: async () => (await import('race:set')).default };

export const open = async (name = 'race') => actionsOf(sqlOf(await openDatabase(name, { migrations })));
