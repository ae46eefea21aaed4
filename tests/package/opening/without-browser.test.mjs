// The package where there is no browser: a server that renders pages imports it, too.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

for (const entry of ['index.js', 'worker.js']) {
  test(`importing ${entry} in Node.js has no effect, and lets the process end`, () => {
    const address = new URL(`../../../dist/package/${entry}`, import.meta.url).href;
    const script = `const before = Object.keys(globalThis).length;
      await import(${JSON.stringify(address)});
      process.stdout.write(String(Object.keys(globalThis).length - before));`;
    // One that does not end would be waited for without end.
    const options = /** @type {const} */ ({ encoding: 'utf8', timeout: 20_000 });
    const { status, stdout, stderr } = spawnSync('node', ['--input-type=module', '--eval', script], options);
    assert.deepEqual([status, stderr, stdout], [0, '', '0']);
  });
}
