// What WebDriver BiDi can do and classic WebDriver cannot, for the engines that speak it.
// Source: https://w3c.github.io/webdriver-bidi/

/** @typedef {import('selenium-webdriver').WebDriver} WebDriver */

/**
 * Collects what pages and their workers print as a warning or an error, and what they throw
 * without catching it.
 * @param {WebDriver} driver
 * @returns {Promise<() => Promise<string[]>>} gives what came since the last call
 */
export async function collectLog(driver) {
  const bidi = await driver.getBidi();
  /** @type {string[]} */
  const entries = [];
  bidi.socket.addEventListener('message', ({ data }) => {
    const { method, params } = JSON.parse(String(data));
    if (method !== 'log.entryAdded' || !['warn', 'error'].includes(params.level)) return;
    entries.push(`${params.type} ${params.level}: ${params.text}`);
  });
  await bidi.subscribe('log.entryAdded', []);
  return async () => {
    // Events and answers share a socket: once this is answered, what was logged before has arrived.
    await bidi.send({ method: 'session.status', params: {} });
    return entries.splice(0);
  };
}

/**
 * Gives the page a viewport that may be narrower than the narrowest window.
 * @param {WebDriver} driver
 * @param {{ width: number, height: number }} viewport
 */
export async function setViewport(driver, viewport) {
  const bidi = await driver.getBidi();
  const context = await driver.getWindowHandle();
  await bidi.send({ method: 'browsingContext.setViewport', params: { context, viewport } });
}
