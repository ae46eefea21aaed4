// What benchmarks in a browser share: one page of the test site per engine, and how numbers print.

import { Browser } from '../tests/lab/browser.mjs';
import { engines } from '../tests/lab/engines.mjs';

/**
 * Runs `measure` in a page of each engine, where it may import the package, and hands on what it returns.
 * @template Result
 * @param {(...args: any[]) => Promise<Result>} measure sent to the page as text: it sees only its arguments
 * @param {unknown[]} args
 * @param {(engine: string, result: Result) => void} print
 */
export async function inEachEngine(measure, args, print) {
  for (const engine of engines) {
    const browser = await Browser.start(engine);
    try {
      await browser.driver.get(`${browser.site.origin}/pages/client.html`);
      await browser.driver.manage().setTimeouts({ script: 300_000 });
      const script = `const done = arguments[arguments.length - 1];
        (${measure})(...Array.from(arguments).slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const { value, error } = /** @type {any} */ (await browser.driver.executeAsyncScript(script, ...args));
      if (error) throw new Error(`${engine.name}: ${error}`);
      print(engine.name, value);
    } finally {
      await browser.quit();
    }
  }
}

export function median(/** @type {number[]} */ numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
