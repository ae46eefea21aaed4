// A React application as the documentation shows it, in StrictMode, which mounts each component twice.

import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer } from 'vite';
import { root } from '../docs/pages.mjs';
import { engines } from '../lab/engines.mjs';
import { eventually } from '../lab/eventually.mjs';
import { firstBlock, makeApp } from './package.mjs';

const engine = engines.find(({ name }) => name === 'Chromium');

/** It counts the workers that were started, and those that are not ended. */
const page = `<!doctype html>
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
<script type="module" src="/src/main.ts"></script>`;

const main = `import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { exportDatabase } from 'wheatear';
import { useWeather } from './use-weather';

function Weather() {
  const { rows, error } = useWeather();
  return createElement('output', null, error ? String(error) : JSON.stringify(rows));
}
const root = createRoot(document.querySelector('#root')!);
root.render(createElement(StrictMode, null, createElement(Weather)));
Object.assign(window, { leave: () => root.unmount(), size: async () => (await exportDatabase('weather')).size });
`;

/** @type {string} */
let app;
/** @type {import('selenium-webdriver').WebDriver} */
let driver;
before(async () => {
  if (!engine) return;
  app = await makeApp({
    'index.html': page,
    'src/main.ts': main,
    'src/use-weather.ts': firstBlock('docs/frameworks.md', 'ts', '// src/use-weather.ts'),
    'src/migrations/0001.create.sql': 'CREATE TABLE weather_node (temp_c REAL); INSERT INTO weather_node VALUES (21);',
  });
  for (const name of ['react', 'react-dom', 'scheduler'])
    await cp(join(root, 'node_modules', name), join(app, 'node_modules', name), { recursive: true });
  driver = await engine.start({ downloads: '/tmp' });
});
after(async () => {
  await driver?.quit();
  if (app) await rm(app, { recursive: true, force: true });
});

test('mounted twice, it has one database, shows its row, and leaves nothing behind', { skip: !engine }, async () => {
  const optimizeDeps = { include: ['react', 'react-dom/client', 'wheatear'] };
  const server = await createServer({
    root: app,
    configFile: false,
    logLevel: 'error',
    optimizeDeps,
    server: { port: 0 },
  });
  await server.listen();
  try {
    const takeLog = await /** @type {import('../lab/engines.mjs').Engine} */ (engine).collectLog(driver);
    await driver.get(server.resolvedUrls?.local[0] ?? '');
    await eventually(async () => {
      const shown = await driver.executeScript(() => document.querySelector('output')?.textContent);
      assert.equal(shown, '[{"temp_c":21}]');
    });
    const workers = () =>
      driver.executeScript(() => [/** @type {any} */ (window).started, /** @type {any} */ (window).workers.size]);
    assert.deepEqual(await workers(), [2, 1]);
    await driver.executeScript(() => /** @type {any} */ (window).leave());
    await eventually(async () => assert.deepEqual(await workers(), [2, 0]));
    // Only what nobody has open can be exported so.
    assert.ok(Number(await driver.executeScript(() => /** @type {any} */ (window).size())) > 0);
    assert.deepEqual(await takeLog(), []);
  } finally {
    await server.close();
  }
});
