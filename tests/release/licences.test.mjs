// Nobody whose code is in the wasm modules is left out of the package's list of licences.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thirdPartyLicences } from '../../scripts/licences.mjs';
import { outputOf, wasmTarget } from '../../scripts/tools.mjs';

const text = thirdPartyLicences();

/**
 * What is in the modules, found in another way than the list: cargo's graph, followed from both.
 *
 * @returns {{ name: string, version: string, license: string }[]}
 */
function linked() {
  const metadata = ['metadata', '--locked', '--format-version', '1', '--filter-platform', wasmTarget];
  const { packages, resolve } = JSON.parse(outputOf('cargo', metadata));
  /** @typedef {{ pkg: string, dep_kinds: { kind: string | null }[] }} Dependency */
  /** @type {Map<string, Dependency[]>} */
  const graph = new Map(
    resolve.nodes.map((/** @type {{ id: string, deps: Dependency[] }} */ { id, deps }) => [id, deps]),
  );
  const byId = new Map(packages.map((/** @type {{ id: string }} */ crate) => [crate.id, crate]));
  const isMacro = (/** @type {string} */ id) => byId.get(id).targets[0].kind.includes('proc-macro');
  const roots = packages.filter((/** @type {{ name: string }} */ { name }) => /^wheatear-(module|tools)$/.test(name));
  const found = new Set(roots.map((/** @type {{ id: string }} */ { id }) => id));
  for (const id of found) {
    for (const { pkg, dep_kinds } of graph.get(id) ?? []) {
      if (dep_kinds.some(({ kind }) => kind === null) && !isMacro(pkg)) found.add(pkg);
    }
  }
  // The graph is that of all targets' features together: this is SQLite for `migrations!`, on the machine that compiles.
  const onlyNative = 'libsqlite3-sys';
  return [...found].map((id) => byId.get(id)).filter(({ name, source }) => source !== null && name !== onlyNative);
}

test('every crate in a module is listed, with its version and licences', () => {
  const all = linked();
  assert.ok(all.length > 30, `${all.length} crates`);
  const missing = all.filter(({ name, version, license }) => !text.includes(`\n| ${name} ${version} | ${license} |`));
  assert.deepEqual(
    missing.map(({ name, version }) => `${name} ${version}`),
    [],
  );
});

test('each has the text of a licence', () => {
  const sections = [...text.matchAll(/^## ([^\n]*)\n\n```text\n(.*?)\n```$/gms)];
  const named = sections.flatMap(([, names = '']) => names.split(', '));
  for (const { name, version } of linked()) assert.ok(named.includes(`${name} ${version}`), name);
  for (const [, names, licence = ''] of sections) {
    assert.ok(licence.length > 400 && /permi(t|ss)|granted/i.test(licence), names);
  }
});

test('SQLite and what is linked to it is told', () => {
  for (const name of ['SQLite', 'musl', 'printf', "Rust's standard library"]) assert.ok(text.includes(name), name);
});
