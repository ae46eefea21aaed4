// Not a contender: Wheatear with a worker of its own, as docs/code-and-functions.md shows it, that tells of its memory.

import migrations from 'race:set';
import { open as openDatabase } from 'wheatear';
import { actionsOf } from '../../pages/actions.mjs';
import { sqlOf } from '../shared/own.mjs';

const worker = () => new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });

export async function open() {
  const db = await openDatabase('race', { migrations, worker });
  return { ...actionsOf(sqlOf(db)), memory, fileSize: async () => (await db.info()).size };
}

/** @returns {Promise<number>} bytes of the module's memory, which only ever grows */
function memory() {
  const channel = new BroadcastChannel('memory');
  channel.postMessage('how much?');
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data);
  });
}
