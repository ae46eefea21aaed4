// As docs/getting-started.md says of migrations that are loaded when they are needed.

import migrations from 'race:folder';
import { open as openDatabase } from 'wheatear';
import { actionsOf } from '../../pages/actions.mjs';
import { sqlOf } from '../shared/own.mjs';

export const open = async (name = 'race') => actionsOf(sqlOf(await openDatabase(name, { migrations })));
