// React applications as the documentation shows them, with both of the versions that the adapter is for.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { describeInChromium } from '../apps/chromium.mjs';
import { firstBlock } from '../apps/package.mjs';
import { eventually } from '../lab/eventually.mjs';
import { developing, makeAppWith } from './apps.mjs';
import { handsOn, include, pageOf, versions } from './react-apps.mjs';

const run = promisify(execFile);

/** What the documentation shows, mounted. */
const main = `import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { exportDatabase } from 'wheatear';
import { Coldest } from './coldest';
import { Weather } from './weather';
import { WeatherDatabase } from './weather-database';

const root = createRoot(document.querySelector('#root')!);
root.render(
  <StrictMode>
    <WeatherDatabase>
      <Weather above={20} />
      <Suspense fallback="…"><Coldest /></Suspense>
    </WeatherDatabase>
  </StrictMode>,
);
Object.assign(window, { leave: () => root.unmount(), size: async () => (await exportDatabase('weather')).size });
`;

/** In memory, as an application's tests have it. */
const memory = `import { createRoot } from 'react-dom/client';
import { DatabaseProvider } from 'wheatear/react';
import { openInMemory } from 'wheatear/testing';
import { Weather } from './weather';

const migrations = { '0001.create.sql': 'CREATE TABLE weather_node (node_addr INTEGER PRIMARY KEY, temp_c REAL)' };
createRoot(document.querySelector('#root')!).render(
  <DatabaseProvider open={(watched) => openInMemory({ migrations, ...watched })}>
    <Weather above={20} />
  </DatabaseProvider>,
);
`;

/** Every state, one after the other, and two components that must never differ. */
const states = `import { Component, StrictMode, Suspense, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { open, sql } from 'wheatear';
import { DatabaseProvider, useDatabase, useDatabaseState, useQuery } from 'wheatear/react';
import { Recovery } from './recovery';

const first = { '0001.create.sql': 'CREATE TABLE node (id INTEGER PRIMARY KEY); INSERT INTO node VALUES (1);' };
const newer = { ...first, '0002.more.sql': 'ALTER TABLE node ADD COLUMN name TEXT' };
const seen: string[] = [];
let attempts = 0;
const lives: string[] = [];

class Boundary extends Component<{ children: ReactNode }> {
  override state = { error: undefined };
  static getDerivedStateFromError(error: unknown) { return { error }; }
  override render() { return this.state.error ? <p id="caught">{String(this.state.error)}</p> : this.props.children; }
}
function Count({ id }: { id: string }) {
  const [row] = useQuery(sql<{ count: number }>\`SELECT count(*) AS count FROM node WHERE id > \${0}\`, { suspense: true });
  return <output id={id}>{row?.count}</output>;
}
function Failing() {
  useQuery('SELECT absent FROM nowhere', [], { suspense: true });
  return null;
}
function State() {
  const { error, isPending } = useQuery('SELECT absent FROM nowhere');
  return <p id="state">{useDatabaseState().status} {isPending ? 'pending' : String(error)}</p>;
}
function Least() {
  const [least, setLeast] = useState(0);
  const { rows } = useQuery<{ id: number }>('SELECT id FROM node WHERE id > :least LIMIT 1', { least });
  return <button id="least" onClick={() => setLeast(least + 1)}>{JSON.stringify(rows)}</button>;
}
function Toggled() {
  const [isShown, setShown] = useState(true);
  return <><button id="toggle" onClick={() => setShown(!isShown)} />{isShown && <Least />}</>;
}
function Hand() {
  const db = useDatabase();
  Object.assign(window, { db });
  return <input id="draft" />;
}
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <DatabaseProvider
      open={async (watched) => {
        if (++attempts === 1) throw new Error('not yet');
        const db = await open('states', { migrations: first, ...watched });
        const watch = db.watch.bind(db) as (...given: unknown[]) => { stop(): void };
        const counted = (...given: unknown[]) => {
          const live = watch(...given);
          lives.push(String(given[0]));
          return { stop: () => { lives.splice(lives.indexOf(String(given[0])), 1); live.stop(); } };
        };
        return Object.assign(db, { watch: counted });
      }}
      fallback={(state) => {
        seen.push(state.status === 'upgrading' ? state.status + ' ' + state.step?.migrationId : state.status);
        return state.status === 'failed' ? <Recovery error={state.error} retry={state.retry} /> : <b id="waiting">{state.status}</b>;
      }}
    >
      <Suspense fallback="…"><Count id="one" /></Suspense>
      <Suspense fallback="…"><Count id="two" /></Suspense>
      <Boundary><Suspense fallback="…"><Failing /></Suspense></Boundary>
      <State />
      <Toggled />
      <Hand />
    </DatabaseProvider>
  </StrictMode>,
);
const differing: string[] = [];
new MutationObserver(() => {
  const [one, two] = ['one', 'two'].map((id) => document.querySelector('#' + id)?.textContent);
  if (one && two && one !== two) differing.push(one + ' and ' + two);
}).observe(document.querySelector('#root')!, { subtree: true, childList: true, characterData: true });
Object.assign(window, { seen, differing, lives, attempts: () => attempts, supersede: () => open('states', { migrations: newer }) });
`;

/** What a server makes of it. */
const server = `import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { DatabaseProvider, useDatabase } from 'wheatear/react';
const Inside = () => createElement('p', null, useDatabase().name);
const open = () => { throw new Error('opened on a server'); };
const fallback = ({ status }) => createElement('p', null, status);
console.log(renderToString(createElement(DatabaseProvider, { open, fallback }, createElement(Inside))));
try {
  renderToString(createElement(Inside));
} catch (error) {
  console.log(error.message);
}
`;

const blockOf = (/** @type {string} */ name) => firstBlock('docs/frameworks.md', 'tsx', `// ${name}`);

for (const [version, packages] of Object.entries(versions)) {
  describe(`React ${version}`, () => {
    /** @type {string} */
    let app;
    before(async () => {
      app = await makeAppWith(
        {
          'index.html': pageOf('main.tsx'),
          'states.html': pageOf('states.tsx'),
          'memory.html': pageOf('memory.tsx'),
          'tsconfig.json': '{ "compilerOptions": { "jsx": "react-jsx" } }',
          'src/main.tsx': main,
          'src/states.tsx': states,
          'src/memory.tsx': memory,
          'src/recovery.tsx': firstBlock('docs/ui.md', 'tsx'),
          'server.js': server,
          'src/migrations.ts': firstBlock('docs/frameworks.md', 'ts', '// src/migrations.ts'),
          'src/weather-database.tsx': blockOf('src/weather-database.tsx'),
          'src/weather.tsx': blockOf('src/weather.tsx'),
          'src/coldest.tsx': blockOf('src/coldest.tsx'),
          'src/migrations/0001.create.sql':
            'CREATE TABLE weather_node (node_addr INTEGER PRIMARY KEY, temp_c REAL); INSERT INTO weather_node VALUES (1, 21), (2, 7);',
        },
        packages,
      );
    });
    after(() => rm(app, { recursive: true, force: true }));

    test('on a server, the fallback is what there is', async () => {
      const { stdout } = await run(process.execPath, ['server.js'], { cwd: app });
      assert.equal(stdout, '<p>opening</p>\nThere is no DatabaseProvider around this component.\n');
    });

    describeInChromium('in a page', (driver) => {
      const { ask, click, shows, textOf } = handsOn(driver);

      test('mounted twice, it has one database, follows what is written in another tab, and leaves nothing behind', async () => {
        await developing(app, include, async (origin) => {
          await driver().get(origin);
          await shows('ul', '21 °C');
          await shows('#root > p', '7 °C');
          assert.deepEqual(await ask('[started, workers.size]'), [1, 1]);
          await click('button');
          await shows('ul', '21 °C25 °C');
          const here = await driver().getWindowHandle();
          await driver().switchTo().newWindow('tab');
          await driver().get(origin);
          await shows('ul', '21 °C25 °C');
          await click('button');
          await shows('ul', '21 °C25 °C25 °C');
          await driver().close();
          await driver().switchTo().window(here);
          await shows('ul', '21 °C25 °C25 °C');
          await ask('leave()');
          await eventually(async () => assert.deepEqual(await ask('[started, workers.size]'), [1, 0]));
          // Only what nobody has open can be exported so.
          await eventually(async () => assert.ok(Number(await ask('size()')) > 0));
          // The next build has one more, and upgrades what is stored.
          await driver().get('about:blank');
          await writeFile(
            join(app, 'src', 'migrations', '0002.warmer.sql'),
            'UPDATE weather_node SET temp_c = temp_c + 1;',
          );
          await eventually(async () => {
            await driver().get(origin);
            await shows('ul', '22 °C26 °C26 °C');
          });
        });
      });

      test('in memory it needs no worker', async () => {
        await developing(app, include, async (origin) => {
          await driver().get(`${origin}memory.html`);
          await eventually(async () => assert.notEqual(await textOf('button'), null));
          await click('button');
          await shows('ul', '25 °C');
          assert.equal(await ask('started'), 0);
        });
      });

      test('it fails, is opened anew, is upgraded, and is superseded, and what somebody has typed stays', async () => {
        await developing(app, include, async (origin) => {
          await driver().get(`${origin}states.html`);
          const part = (/** @type {string} */ name) =>
            `document.querySelector('wheatear-recovery')?.shadowRoot.querySelector('[part~="${name}"]')`;
          await eventually(async () => assert.equal(await ask(`${part('message')}?.textContent`), 'not yet'));
          await ask(`${part('retry')}.click()`);
          await shows('#one', '1');
          assert.equal(await ask('attempts()'), 2);
          const seen = /** @type {string[]} */ (await ask('seen'));
          assert.deepEqual(
            [...new Set(seen.filter((state) => !/undefined/.test(state)))],
            ['opening', 'failed', 'upgrading 0001.create'],
          );
          await eventually(async () => assert.match(String(await textOf('#caught')), /no such table: nowhere/));
          await eventually(async () => assert.match(String(await textOf('#state')), /^open QueryError: no such table/));
          await shows('#least', '[{"id":1}]');
          await ask("db.batch(Array.from({ length: 20 }, () => 'INSERT INTO node DEFAULT VALUES'))");
          await shows('#two', '21');
          await click('#least');
          await shows('#least', '[{"id":2}]');
          // Both of the components that count have one query, and what is not shown any more has none.
          const lives = async () => /** @type {string[]} */ (await ask('lives')).map((sql) => sql.split(' ')[1]);
          await eventually(async () => assert.deepEqual((await lives()).sort(), ['absent', 'count(*)', 'id']));
          await click('#toggle');
          await eventually(async () => assert.deepEqual((await lives()).sort(), ['absent', 'count(*)']));
          await click('#toggle');
          await shows('#least', '[{"id":1}]');
          await driver().executeScript(() => {
            /** @type {HTMLInputElement} */ (document.querySelector('#draft')).value = 'a draft';
          });
          await ask('supersede().then(() => 1)');
          await shows('#waiting', 'superseded');
          await eventually(async () => assert.match(String(await textOf('#state')), /^superseded/));
          assert.equal(await textOf('#one'), '21');
          assert.equal(await ask("document.querySelector('#draft').value"), 'a draft');
          assert.deepEqual(await ask('differing'), []);
        });
      });
    });
  });
}
