import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ownWasm } from '../../dist/package/page/wasm-option.js';

/** The smallest module that there is. */
const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const realFetch = globalThis.fetch;

afterEach(() => {
  globalThis.fetch = realFetch;
});

/** Answers every request so, and counts them. */
function answering(/** @type {() => Promise<Response>} */ answer) {
  const asked = { addresses: /** @type {string[]} */ ([]) };
  globalThis.fetch = (address) => {
    asked.addresses.push(String(address));
    return answer();
  };
  return asked;
}

test('what the page cannot have the worker is left to load, and the page tries again for the next', async () => {
  answering(() => Promise.reject(new TypeError('no network')));
  assert.equal(await ownWasm(), undefined);
  answering(async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }));
  assert.equal(await ownWasm(), undefined);
  answering(async () => new Response(null, { status: 404, headers: { 'content-type': 'application/wasm' } }));
  assert.equal(await ownWasm(), undefined);
  answering(async () => new Response(bytes, { headers: { 'content-type': 'application/octet-stream' } }));
  assert.ok((await ownWasm())?.module instanceof WebAssembly.Module);
});

test('one module is enough for all databases of a page', async () => {
  const asked = answering(async () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } }));
  const [first, second] = await Promise.all([ownWasm(), ownWasm()]);
  assert.equal(first?.module, second?.module);
  assert.ok(first?.address.endsWith('/page/wheatear_bg.wasm'));
  assert.ok(asked.addresses.length <= 1, `it was asked for ${asked.addresses.length} times`);
});
