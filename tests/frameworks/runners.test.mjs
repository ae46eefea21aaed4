// The tests that the documentation shows, in other runners than that of Node.js.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { firstBlock, makeApp } from '../apps/package.mjs';

const run = promisify(execFile);
const installed = fileURLToPath(new URL('node_modules', import.meta.url));

/** What the documentation shows, for a runner. */
const shownFor = (/** @type {string} */ runner) =>
  ['nodes', 'upgrade'].map((name) => {
    const block = firstBlock('docs/testing.md', 'ts', `// tests/${name}.test.ts`);
    return [`${runner}/${name}.test.ts`, block.replace("'node:test'", `'${runner === 'bun' ? 'bun:test' : runner}'`)];
  });

/** A folder of migrations, by the bundler that Vitest has. */
const folder = `import { expect, test } from 'vitest';
import migrations from 'virtual:wheatear/migrations';
import { openInMemory } from 'wheatear/testing';

const texts = import.meta.glob<string>('../migrations/*.sql', { query: '?raw', import: 'default', eager: true });

test.each([['by the plugin', migrations], ['by its texts', texts]])('%s', async (_, migrations) => {
  vi.useFakeTimers();
  await using db = await openInMemory({ migrations });
  expect(await db.sql\`SELECT * FROM weather_node\`).toEqual([{ temp_c: 21 }]);
  vi.useRealTimers();
});
`.replace('{ expect, test }', '{ expect, test, vi }');

const config = `import { wheatear } from 'wheatear/vite';
export default { plugins: [wheatear({ folder: 'migrations', off: ['missing-down'] })] };
`;

/** @type {string} */
let app;
before(async () => {
  app = await makeApp({
    ...Object.fromEntries([...shownFor('vitest'), ...shownFor('bun')]),
    'vitest/folder.test.ts': folder,
    'vitest.config.js': config,
    'migrations/0001.create.sql': 'CREATE TABLE weather_node (temp_c REAL); INSERT INTO weather_node VALUES (21);',
  });
  await symlink(join(installed, 'vitest'), join(app, 'node_modules', 'vitest'), 'junction');
});
after(() => rm(app, { recursive: true, force: true }));

// Else they would tell this test's own runner.
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

test('Vitest, also with the plugin and under fake timers', async () => {
  const vitest = join(installed, 'vitest', 'vitest.mjs');
  const { stdout } = await run(process.execPath, [vitest, 'run', '--reporter=json', 'vitest/'], { cwd: app, env });
  const { numPassedTests, success } = JSON.parse(stdout.slice(stdout.indexOf('{')));
  assert.deepEqual({ numPassedTests, success }, { numPassedTests: 4, success: true });
});

/** npm installs the one that runs here, if there is one. */
const buns = join(installed, '@oven');
const [bun] = (existsSync(buns) ? readdirSync(buns) : []).map((name) => join(buns, name, 'bin', 'bun'));

test('Bun', { skip: !bun }, async () => {
  const { stderr } = await run(bun ?? '', ['test', 'bun/'], { cwd: app, env });
  assert.match(stderr, /^ 2 pass$/m);
  assert.match(stderr, /^ 0 fail$/m);
});
