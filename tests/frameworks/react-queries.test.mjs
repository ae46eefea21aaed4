// Queries of React applications that come, go, fail, wait, and are hidden.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { describeInChromium } from '../apps/chromium.mjs';
import { firstBlock } from '../apps/package.mjs';
import { eventually } from '../lab/eventually.mjs';
import { developing, makeAppWith } from './apps.mjs';
import { handsOn, include, pageOf, versions } from './react-apps.mjs';

/** An application for each test, named in the address, beside how long a second is, in milliseconds. */
const queries = `import * as React from 'react';
import { Component, Suspense, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { open, type SqlParameters } from 'wheatear';
import { DatabaseProvider, useDatabase, useQuery } from 'wheatear/react';
import { Deferred } from './deferred';
import { Warmer } from './warmer';

const asked = new URLSearchParams(location.search);
const wait = window.setTimeout;
window.setTimeout = ((listener: () => void, time?: number, ...rest: []) =>
  wait(listener, time === 1000 ? Number(asked.get('second')) : time, ...rest)) as typeof setTimeout;

const { Activity } = React as unknown as { Activity: (props: { mode: string; children: ReactNode }) => ReactNode };
const lives: string[] = [];
const counts = 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?) SELECT count(*) AS count FROM c';

class Boundary extends Component<{ children: ReactNode }> {
  override state = { error: undefined };
  static getDerivedStateFromError(error: unknown) { return { error }; }
  override render() {
    if (!this.state.error) return this.props.children;
    return <button id="reset" onClick={() => this.setState({ error: undefined })}>{String(this.state.error)}</button>;
  }
}
function Value({ id, sql, params }: { id: string; sql: string; params?: unknown[] }) {
  const { rows, error, retry } = useQuery(sql, params as SqlParameters | undefined);
  const failed = error as { code: string } | undefined;
  return <button id={id} onClick={retry}>{failed ? failed.code : JSON.stringify(rows?.map((row) => Object.values(row)[0]))}</button>;
}
function Suspended({ id, sql, params }: { id: string; sql: string; params?: SqlParameters }) {
  const [row] = useQuery(sql, params, { suspense: true });
  return <p id={id}>{String(Object.values(row!)[0])}</p>;
}
function Hidden() {
  const [isShown, setShown] = useState(true);
  const [isMore, setMore] = useState(false);
  const [inner] = useState(<Value id="inner" sql="SELECT count(*) FROM node" />);
  return <>
    <button id="toggle" onClick={() => setShown(!isShown)} /><button id="more" onClick={() => setMore(true)} />
    <Activity mode={isShown ? 'visible' : 'hidden'}>{inner}</Activity>
    {isMore && <Value id="outer" sql="SELECT count(*) FROM node" />}
  </>;
}
function Kept() {
  const [above, setAbove] = useState(6);
  return <><button id="above" onClick={() => setAbove(above + 10)} /><div id="kept"><Warmer above={above} /><Deferred above={above} /></div></>;
}
function Typed() {
  const [limit, setLimit] = useState(Infinity);
  const press = () => { for (let n = 1; n <= 20; n++) wait(() => setLimit(n === 20 ? 20 : 1e9 + n), 5 * n); };
  return <><button id="press" onClick={press} /><Value id="count" sql={counts} params={[limit]} /></>;
}
function Hand() {
  Object.assign(window, { db: useDatabase() });
  return null;
}
const apps: Record<string, () => ReactNode> = {
  hidden: () => <Hidden />,
  unbindable: () => <><Value id="one" sql="SELECT ?" params={[undefined]} /><Value id="two" sql="SELECT ?" params={[NaN]} />
    <Boundary><Suspended id="three" sql="SELECT ?" params={[new Date()] as never} /></Boundary></>,
  slow: () => <Suspense fallback="…"><Suspended id="one" sql={counts} params={[1_000_000]} /><Suspended id="two" sql={counts} params={[1_000_001]} /></Suspense>,
  typed: () => <Typed />,
  kept: () => <Kept />,
  newest: () => <p id="newest">open</p>,
  failing: () => <><Value id="one" sql="SELECT count(*) FROM later" />
    <Boundary><Suspense fallback="…"><Suspended id="two" sql="SELECT count(*) AS count FROM later" /></Suspense></Boundary></>,
  keys: () => {
    const values = [null, undefined, new Date(0), new Date(0).toISOString(), 1, 1n, 1.5, '1', new Uint8Array([1]), '1'];
    return values.map((value, index) => <Value key={index} id={'value' + index} sql="SELECT typeof(?)" params={[value]} />);
  },
};
const migrations = {
  '0001.create.sql': \`CREATE TABLE node (id INTEGER PRIMARY KEY);
    CREATE TABLE weather_node (node_addr INTEGER PRIMARY KEY, temp_c REAL);
    INSERT INTO weather_node VALUES (1, 21), (2, 7), (3, 5);\`,
};
function Root() {
  const [isRight, setRight] = useState(asked.get('app') !== 'newest');
  return <DatabaseProvider
    open={async (watched) => {
      if (!isRight) throw new Error('the first');
      const db = await open('queries', { migrations, ...watched });
      const watch = db.watch.bind(db) as (...given: unknown[]) => { stop(): void };
      const counted = (...given: unknown[]) => {
        const live = watch(...given);
        const what = String(given[0]);
        lives.push(what);
        return { stop: () => { lives.splice(lives.indexOf(what), 1); live.stop(); } };
      };
      return Object.assign(db, { watch: counted });
    }}
    fallback={(state) => state.status === 'failed' &&
      <><button id="right" onClick={() => setRight(true)} /><button id="retry" onClick={state.retry}>{String(state.error)}</button></>}
  >
    {apps[asked.get('app')!]!()}
    <Hand />
  </DatabaseProvider>;
}
const seen: string[] = [];
new MutationObserver(() => {
  const text = document.querySelector('#kept')?.textContent;
  if (text && text !== seen.at(-1)) seen.push(text);
}).observe(document.querySelector('#root')!, { subtree: true, childList: true, characterData: true, attributes: true });
createRoot(document.querySelector('#root')!).render(<Root />);
Object.assign(window, { lives, seen });
`;

for (const [version, packages] of Object.entries(versions)) {
  describe(`React ${version}`, () => {
    /** @type {string} */
    let app;
    before(async () => {
      app = await makeAppWith(
        {
          'index.html': pageOf('queries.tsx'),
          'tsconfig.json': '{ "compilerOptions": { "jsx": "react-jsx" } }',
          'src/queries.tsx': queries,
          'src/warmer.tsx': firstBlock('docs/frameworks.md', 'tsx', '// src/warmer.tsx'),
          'src/deferred.tsx': firstBlock('docs/frameworks.md', 'tsx', '// src/deferred.tsx'),
        },
        packages,
      );
    });
    after(() => rm(app, { recursive: true, force: true }));

    describeInChromium('in a page', (driver) => {
      const { ask, click, shows, textOf } = handsOn(driver);
      /** What is done while an application is open. */
      const using = (
        /** @type {string} */ name,
        /** @type {number} */ second,
        /** @type {() => Promise<void>} */ work,
      ) =>
        developing(app, include, async (origin) => {
          await driver().get(`${origin}?app=${name}&second=${second}`);
          await work();
        });

      test('hidden until its query has ended, a component follows it anew', { skip: version === '18' }, async () => {
        await using('hidden', 0, async () => {
          await shows('#inner', '[0]');
          await click('#toggle');
          await eventually(async () => assert.deepEqual(await ask('lives'), []));
          const insert = () => ask("db.run('INSERT INTO node DEFAULT VALUES').then(() => 1)");
          await insert();
          await click('#toggle');
          await shows('#inner', '[1]');
          await insert();
          await shows('#inner', '[2]');
          // Another one uses the same query before it is shown again.
          await click('#toggle');
          await eventually(async () => assert.deepEqual(await ask('lives'), []));
          await click('#more');
          await shows('#outer', '[2]');
          await click('#toggle');
          await insert();
          await shows('#inner', '[3]');
          await shows('#outer', '[3]');
          await eventually(async () => assert.equal((await ask('lives')).length, 1));
          await insert();
          await shows('#inner', '[4]');
          await shows('#outer', '[4]');
        });
      });

      test('what cannot be bound is an error of the query', async () => {
        await using('unbindable', 1000, async () => {
          await shows('#one', 'invalid_value');
          await shows('#two', 'invalid_value');
          await eventually(async () => assert.match(String(await textOf('#reset')), /toISOString/));
        });
      });

      test('two slow queries that one Suspense waits for arrive', async () => {
        await using('slow', 100, async () => {
          await shows('#one', '1000000');
          await shows('#two', '1000001');
        });
      });

      test('what nobody waits for any more is interrupted', async () => {
        await using('typed', 1e9, async () => {
          await eventually(async () => assert.equal((await ask('lives')).length, 1));
          await click('#press');
          await shows('#count', '[20]');
          await eventually(async () => assert.equal((await ask('lives')).length, 1));
        });
      });

      test('what has failed is tried again', async () => {
        await using('failing', 1e9, async () => {
          await shows('#one', 'query_failed');
          await eventually(async () => assert.match(String(await textOf('#reset')), /no such table/));
          await ask("db.exec('CREATE TABLE later (id INTEGER PRIMARY KEY)').then(() => 1)");
          await click('#one');
          await shows('#one', '[0]');
          await eventually(async () => {
            await click('#reset');
            assert.equal(await textOf('#two'), '0');
          });
        });
      });

      test('rows are shown until there are those of other values', async () => {
        await using('kept', 1000, async () => {
          await shows('#kept', '1, 23');
          await click('#above');
          await shows('#kept', '12, 3');
          const seen = /** @type {string[]} */ (await ask('seen'));
          // Of either at any time what it had, or what it has: never nothing.
          const since = seen.slice(seen.indexOf('1, 23'));
          assert.deepEqual(
            since.filter((text) => !/^(1, 2|1)(3|2, 3)$/.test(text)),
            [],
          );
        });
      });

      test('a database is opened anew as the newest provider has it', async () => {
        await using('newest', 1000, async () => {
          await shows('#retry', 'Error: the first');
          await click('#right');
          await click('#retry');
          await shows('#newest', 'open');
        });
      });

      test('values of different types are different queries', async () => {
        await using('keys', 1000, async () => {
          const types = ['null', 0, 0, 'text', 'integer', 'integer', 'real', 'text', 'blob', 'text'];
          for (const [index, type] of types.entries()) {
            await shows(`#value${index}`, type ? `["${type}"]` : 'invalid_value');
          }
          assert.equal((await ask('lives')).length, 7);
        });
      });
    });
  });
}
