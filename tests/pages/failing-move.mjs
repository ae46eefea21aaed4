// What a frame does that goes away, or whose storage fails, while it moves a database: see move-in-frame.mjs.

import { moveDatabase, WheatearError } from '/package/index.js';
import { failAtCall, failedCall } from './storage-calls.mjs';
import { workerAt } from './worker-options.mjs';

/**
 * Moves a database. The frame's element hears an event `fail` at the call that fails.
 *
 * @param {string} name
 * @param {import('../../client/index.js').DurableKind} to
 * @param {import('./move-in-frame.mjs').Fault} fault
 * @returns {Promise<string>} `moved`, or the error that there was
 */
export async function move(name, to, { where, call, when }) {
  const tell = () => window.frameElement?.dispatchEvent(new Event('fail'));
  const failing = workerAt(`/pages/workers/failing-storage.mjs?${new URLSearchParams({ call: String(call), when })}`);
  const worker = () => {
    const started = failing.worker();
    started.addEventListener('message', ({ data }) => {
      if (data.id === failedCall) tell();
    });
    return started;
  };
  if (where === 'page') failAtCall(call, when, tell);
  try {
    await moveDatabase(name, to, where === 'page' ? {} : { worker });
    return 'moved';
  } catch (error) {
    return error instanceof WheatearError ? `${error.name} ${error.code}: ${error.message}` : `not typed: ${error}`;
  }
}
