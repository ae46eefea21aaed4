// The page's side of `serve`: a promise for each message.

/** @typedef {import('../../pages/actions.mjs').Sql} Sql */

/** @returns {Promise<Sql>} once the database is open and migrated */
export async function connect(/** @type {Worker} */ worker) {
  let lastId = 0;
  const waiting = new Map();
  worker.addEventListener('message', ({ data: { id, value, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  worker.addEventListener('error', ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message ?? 'the worker could not be loaded'));
  });
  const call = (method, ...args) =>
    new Promise((resolve, reject) => {
      waiting.set(++lastId, { resolve, reject });
      worker.postMessage({ id: lastId, method, args });
    });
  await call('ready');
  return { query: (sql, params = []) => call('query', sql, params), exec: (sql) => call('exec', sql) };
}
