// Moves a database in a frame that goes away, or whose storage fails, at a call that is named.

/** @typedef {import('../../../client/index.js').DurableKind} DurableKind */

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
  const frame = document.createElement('iframe');
  let failed = false;
  try {
    const gone = new Promise((resolve) => {
      frame.addEventListener('fail', () => {
        failed = true;
        if (fault.when === 'once') return;
        frame.remove();
        resolve({ value: 'gone' });
      });
    });
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    frame.src = '/pages/client.html';
    document.body.append(frame);
    await loaded;
    const done = frame.contentWindow?.call('failing-move.mjs', 'move', [name, to, fault]);
    const { value, failure } = await Promise.race([gone, done]);
    return { failed, outcome: value ?? failure };
  } finally {
    frame.remove();
  }
}
