// What the tests of React applications share.

import assert from 'node:assert/strict';
import { eventually } from '../lab/eventually.mjs';

/** Packages of each version, by their names in an application. */
export const versions = {
  18: { react: 'react-18', 'react-dom': 'react-dom-18', 'loose-envify': 'loose-envify', 'js-tokens': 'js-tokens' },
  19: { react: 'react', 'react-dom': 'react-dom', scheduler: 'scheduler' },
};

/** What their development server bundles before. */
export const include = [
  'react',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'react-dom/client',
  'wheatear',
  'wheatear/react',
  'wheatear/testing',
  'wheatear/ui',
];

/** A page that runs a script, and knows its workers. */
export const pageOf = (/** @type {string} */ script) => `<!doctype html>
<meta charset="utf-8">
<title>An application</title>
<link rel="icon" href="data:,">
<script>
  window.started = 0;
  const workers = (window.workers = new Set());
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      started++;
      workers.add(this);
    }
    terminate() {
      workers.delete(this);
      super.terminate();
    }
  };
</script>
<div id="root"></div>
<script type="module" src="/src/${script}"></script>`;

/**
 * What is seen and done in a page.
 *
 * @param {() => import('selenium-webdriver').WebDriver} driver
 */
export function handsOn(driver) {
  const textOf = (/** @type {string} */ selector) =>
    driver().executeScript((/** @type {string} */ at) => document.querySelector(at)?.textContent ?? null, selector);
  const shows = (/** @type {string} */ selector, /** @type {string} */ text) =>
    eventually(async () => assert.equal(await textOf(selector), text));
  const click = (/** @type {string} */ selector) =>
    driver().executeScript((/** @type {string} */ at) => {
      /** @type {HTMLElement | null} */ (document.querySelector(at))?.click();
    }, selector);
  /** What something of the page gives. */
  const ask = (/** @type {string} */ expression) =>
    driver().executeAsyncScript(`const done = arguments[0]; Promise.resolve(${expression}).then(done, String);`);
  return { ask, click, shows, textOf };
}
