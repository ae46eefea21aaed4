// As the README's first example, with the storage named.

import migrations from 'race:set';
import { open as openDatabase } from 'wheatear';
import { actionsOf } from '../../pages/actions.mjs';
import { sqlOf } from '../shared/own.mjs';

export const open = async (name = 'race') =>
  actionsOf(sqlOf(await openDatabase(name, { migrations, storage: 'indexeddb' })));
