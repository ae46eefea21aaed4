// Moves a database in a frame that goes away, or whose storage fails, at a call that is named.

import { Frame } from './frame.mjs';

/** @typedef {import('../../client/index.js').DurableKind} DurableKind */

/**
 * Where and how it fails: in the page or in the worker, at which call that changes what is stored; see `failAtCall`.
 * @typedef {{ where: 'page' | 'worker', call: number, when: 'before' | 'after' | 'once' }} Fault
 */

/**
 * Has a frame of its own move the database.
 *
 * @param {string} name
 * @param {DurableKind} to
 * @param {Fault} fault
 * @returns {Promise<{ failed: boolean, outcome: string }>} `failed`: the call that was to fail was made
 */
export async function moveInFrame(name, to, fault) {
  const frame = await Frame.load();
  let failed = false;
  try {
    const gone = new Promise((resolve) => {
      frame.element.addEventListener('fail', () => {
        failed = true;
        if (fault.when === 'once') return;
        frame.remove();
        resolve('gone');
      });
    });
    const moved = frame.call('failing-move.mjs', 'move', name, to, fault);
    const outcome = await Promise.race([gone, moved]).catch((error) => error.message);
    return { failed, outcome };
  } finally {
    frame.remove();
  }
}
