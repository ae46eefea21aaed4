// The recipes for other frameworks, as the documentation shows them, with those frameworks.

import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compile } from 'svelte/compiler';
import { build } from 'vite';
import { describeInChromium } from '../apps/chromium.mjs';
import { firstBlock, makeApp, serving } from '../apps/package.mjs';
import { eventually } from '../lab/eventually.mjs';

const installed = fileURLToPath(new URL('node_modules', import.meta.url));

const recipeOf = (/** @type {string} */ name) => firstBlock('docs/frameworks.md', 'ts', `// src/${name}`);

/** The database, whose live queries are counted. */
const database = `import { open } from 'wheatear';
const migrations = { '0001.create.sql': 'CREATE TABLE node (id INTEGER PRIMARY KEY); INSERT INTO node VALUES (1), (2);' };
export const db = await open(document.title, { migrations });
const lives = new Set();
const watch = db.watch.bind(db) as (...given: unknown[]) => { stop(): void };
Object.assign(db, {
  watch(...given: unknown[]) {
    const live = watch(...given);
    lives.add(live);
    return { stop: () => { lives.delete(live); live.stop(); } };
  },
});
Object.assign(window, { db, lives });
`;

/** An application of each framework: what it shows, what it depends on, and how it ends. */
const mains = {
  vue: `import { createApp, h, ref } from 'vue';
import { sql } from 'wheatear';
import { db } from './database';
import { useRows } from './use-rows';
const above = ref(0);
const app = createApp({
  setup() {
    const rows = useRows(db, () => sql<{ id: number }>\`SELECT id FROM node WHERE id > \${above.value}\`);
    return () => h('output', JSON.stringify(rows.value));
  },
});
app.mount('#root');
Object.assign(window, { setAbove: (value: number) => { above.value = value; }, leave: () => app.unmount() });`,
  angular: `import '@angular/compiler';
import { Injector, runInInjectionContext } from '@angular/core';
import { sql } from 'wheatear';
import { db } from './database';
import { rowsSignal } from './rows-signal';
const injector = Injector.create({ providers: [] });
const rows = runInInjectionContext(injector, () => rowsSignal(db, sql<{ id: number }>\`SELECT id FROM node\`));
const output = document.createElement('output');
document.querySelector('#root')!.append(output);
setInterval(() => { output.textContent = JSON.stringify(rows()); }, 10);
Object.assign(window, { leave: () => injector.destroy() });`,
  svelte: `import { mount, unmount } from 'svelte';
import { db } from './database';
import App from './app.svelte';
const app = mount(App, { target: document.querySelector('#root')!, props: { db } });
Object.assign(window, { leave: () => unmount(app) });`,
  solid: `import { createEffect, createSignal } from 'solid-js';
import { render } from 'solid-js/web';
import { sql } from 'wheatear';
import { db } from './database';
import { createRows } from './create-rows';
const [above, setAbove] = createSignal(0);
const leave = render(() => {
  const rows = createRows(db, () => sql<{ id: number }>\`SELECT id FROM node WHERE id > \${above()}\`);
  const output = document.createElement('output');
  createEffect(() => { output.textContent = JSON.stringify(rows()); });
  return output;
}, document.querySelector('#root')!);
Object.assign(window, { setAbove, leave });`,
};

const component = `<script>
  import { sql } from 'wheatear';
  import { rowsOf } from './rows-of';
  let { db } = $props();
  const rows = rowsOf(db, sql\`SELECT id FROM node\`);
</script>
<output>{JSON.stringify($rows)}</output>
`;

/** @type {import('vite').Plugin} */
const svelte = {
  name: 'svelte',
  transform: (code, id) =>
    id.endsWith('.svelte') ? compile(code, { generate: 'client', filename: id }).js.code : undefined,
};

/** @type {string} */
let app;
before(async () => {
  const pages = Object.entries(mains).flatMap(([name, main]) => [
    [`src/${name}.ts`, main],
    [
      `${name}.html`,
      `<!doctype html>
<meta charset="utf-8">
<title>${name}</title>
<link rel="icon" href="data:,">
<div id="root"></div>
<script type="module" src="/src/${name}.ts"></script>`,
    ],
  ]);
  app = await makeApp({
    ...Object.fromEntries(pages),
    'src/database.ts': database,
    'src/app.svelte': component,
    'src/use-rows.ts': recipeOf('use-rows.ts'),
    'src/rows-of.ts': recipeOf('rows-of.ts'),
    'src/create-rows.ts': recipeOf('create-rows.ts'),
    'src/rows-signal.ts': recipeOf('rows-signal.ts'),
  });
  for (const name of ['vue', 'svelte', 'solid-js', '@angular'])
    await symlink(join(installed, name), join(app, 'node_modules', name), 'junction');
  await build({
    root: app,
    configFile: false,
    logLevel: 'error',
    plugins: [svelte],
    build: {
      target: 'es2022',
      rolldownOptions: { input: Object.keys(mains).map((name) => join(app, `${name}.html`)) },
    },
  });
});
after(() => rm(app, { recursive: true, force: true }));

describeInChromium('recipes', (driver) => {
  for (const name of Object.keys(mains)) {
    test(`${name}: rows follow what is written and what they depend on, and the query ends with the component`, async () => {
      await serving(join(app, 'dist'), async (origin) => {
        const shows = (/** @type {string} */ text) =>
          eventually(async () => {
            const shown = await driver().executeScript(() => document.querySelector('output')?.textContent);
            assert.equal(shown, text);
          });
        const lives = () => driver().executeScript(() => /** @type {any} */ (window).lives.size);
        await driver().get(`${origin}/${name}.html`);
        await shows('[{"id":1},{"id":2}]');
        await driver().executeScript(() => /** @type {any} */ (window).db.exec('INSERT INTO node VALUES (3)'));
        await shows('[{"id":1},{"id":2},{"id":3}]');
        if (name === 'vue' || name === 'solid') {
          await driver().executeScript(() => /** @type {any} */ (window).setAbove(2));
          await shows('[{"id":3}]');
        }
        assert.equal(await lives(), 1);
        await driver().executeScript(() => void (/** @type {any} */ (window).leave()));
        assert.equal(await lives(), 0);
      });
    });
  }
});
