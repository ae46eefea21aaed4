// What forbids a release, what one writes, and what cargo would publish.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packCrates, publishedCrates } from '../../scripts/crates.mjs';
import { outputOf, root } from '../../scripts/tools.mjs';
import {
  currentVersion,
  misplacedVersions,
  obstacles,
  places,
  releasedChangelog,
  setVersion,
  unreleased,
} from '../../scripts/version.mjs';

/** @type {string[]} */
const folders = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A tree with every file that has the version, which could be released; and git in it. */
function makeTree() {
  const folder = mkdtempSync(join(tmpdir(), 'wheatear-release-'));
  folders.push(folder);
  for (const { file } of places) cpSync(join(root, file), join(folder, file));
  setVersion(folder, '0.4.1');
  const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  const edit = (/** @type {string} */ file, /** @type {(text: string) => string} */ change) =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  writeFileSync(join(folder, 'README.md'), '# Wheatear\n');
  edit('docs/rust.md', (text) => text.replaceAll('Until the first release', 'Elsewhere'));
  writeFileSync(
    join(folder, 'CHANGELOG.md'),
    '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.4.1 - 2026-01-02\n\n- Old.\n',
  );
  git('init', '--quiet');
  const commit = () => {
    git('add', '--all');
    git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message', 'A tree');
  };
  commit();
  return { folder, git, edit, commit, obstaclesTo: (version = '0.5.0') => obstacles(folder, version, git) };
}

test('the repository has one version, in each place', () => {
  assert.deepEqual(misplacedVersions(root), []);
});

test('a tree that is in order can be released', () => {
  assert.deepEqual(makeTree().obstaclesTo(), []);
});

test('what is no version, or not a later one, is refused', () => {
  const { obstaclesTo, edit, commit } = makeTree();
  for (const no of ['', '1', 'v0.5.0', '0.5.0-beta.1'])
    assert.deepEqual(obstaclesTo(no), [`"${no}" is no version such as 0.2.0`]);
  for (const early of ['0.4.1', '0.4.0', '0.0.9'])
    assert.deepEqual(obstaclesTo(early), [`${early} is not after 0.4.1`]);
  assert.deepEqual(obstaclesTo('0.10.0'), []);
  edit('CHANGELOG.md', (text) => text.replace('## 0.4.1', '## 0.6.0'));
  commit();
  assert.deepEqual(obstaclesTo(), ['CHANGELOG.md has 0.5.0, or a later one']);
});

test('the first release is of the version that the manifests have', () => {
  const { obstaclesTo, edit, commit } = makeTree();
  edit('CHANGELOG.md', (text) => text.split('## 0.4.1', 1)[0] ?? '');
  commit();
  assert.deepEqual(obstaclesTo('0.4.1'), []);
  assert.deepEqual(obstaclesTo('0.4.0'), ['0.4.0 is not after 0.4.1']);
});

test('another version in one of the places is named, and so is one that is not found', () => {
  for (const { file, at, isShort } of places) {
    const { obstaclesTo, edit, commit } = makeTree();
    edit(file, (text) => text.replace(at, isShort ? '7.8' : '7.8.9'));
    commit();
    const found = obstaclesTo().join('\n');
    assert.match(found, /7\.8/, file);
    assert.ok(found.includes(file) || file === 'package.json', found);
  }
  const { obstaclesTo, edit, commit } = makeTree();
  edit('fuzz/Cargo.lock', () => '');
  commit();
  assert.match(obstaclesTo().join('\n'), /^fuzz\/Cargo\.lock does not have the version where it is expected/);
});

test('a tree with changes, a tag, an empty changelog, and what is said of a time before are obstacles', () => {
  const { obstaclesTo, edit, commit, git } = makeTree();
  edit('README.md', (text) => `${text}Until the first release: build it.\n`);
  edit('CHANGELOG.md', (text) => text.replace('- New.\n', ''));
  assert.deepEqual(obstaclesTo(), [
    'CHANGELOG.md has nothing under "Unreleased"',
    'README.md says what to do "Until the first release"',
    'the tree is not clean: commit what is to be released',
  ]);
  commit();
  git('tag', 'v0.5.0');
  assert.equal(obstaclesTo().at(-1), 'there is a tag v0.5.0');
});

test('a version is written into each place, and nothing else is', () => {
  const { folder, git, obstaclesTo } = makeTree();
  setVersion(folder, '12.3.4');
  assert.equal(currentVersion(folder), '12.3.4');
  assert.deepEqual(misplacedVersions(folder), []);
  const added = git('diff', '--unified=0').match(/^\+(?!\+\+).*$/gm) ?? [];
  assert.ok(added.length >= 30, `${added.length} lines`);
  assert.deepEqual(
    added.filter((line) => !line.includes('12.3')),
    [],
  );
  setVersion(folder, '0.4.1');
  assert.deepEqual(obstaclesTo(), []);
});

test('what was unreleased stands under the version and its date', () => {
  const before = '# Changelog\n\n## Unreleased\n\n### Added\n\n- New.\n\n## 0.4.1 - 2026-01-02\n\n- Old.\n';
  const text = releasedChangelog(before, '0.5.0', '2026-03-04');
  assert.equal(
    text,
    '# Changelog\n\n## Unreleased\n\n## 0.5.0 - 2026-03-04\n\n### Added\n\n- New.\n\n## 0.4.1 - 2026-01-02\n\n- Old.\n',
  );
  assert.equal(unreleased(before), '### Added\n\n- New.');
  assert.equal(unreleased(text), '');
  assert.notEqual(unreleased(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')), undefined);
});

test('the script says what forbids a release, knows its options, and leaves the tree as it is', () => {
  const release = (/** @type {string[]} */ ...args) =>
    spawnSync('node', ['scripts/release.mjs', ...args], { cwd: root, encoding: 'utf8' });
  const before = outputOf('git', ['diff', 'HEAD']);
  for (const options of [[], ['--dry-run']]) {
    const { status, stderr } = release('0.0.1', ...options);
    assert.equal(status, 1);
    assert.match(stderr, /not yet:\n(- .*\n)*- 0\.0\.1 is not after /);
  }
  assert.match(release('--publish', '9.9.9').stderr, /nothing else but --dry-run and --skip-tests/);
  assert.equal(outputOf('git', ['diff', 'HEAD']), before);
});

test('cargo packs every crate that others depend on, with its licences', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wheatear-crates-'));
  folders.push(folder);
  // No registry is asked. Whether each compiles from its package, a release tries.
  outputOf('cargo', ['fetch', '--locked']);
  const packed = packCrates(['--no-verify', '--allow-dirty', '--offline'], folder);
  const crates = publishedCrates();
  assert.ok(crates.includes('wheatear') && crates.includes('wheatear-cli') && !crates.includes('wheatear-module'));
  for (const crate of crates) {
    const name = `${crate}-${currentVersion(root)}`;
    const files = execFileSync('tar', ['-tzf', join(packed, `${name}.crate`)], { encoding: 'utf8' }).split('\n');
    for (const file of ['Cargo.toml', 'LICENSE-MIT', 'LICENSE-APACHE'])
      assert.ok(files.includes(`${name}/${file}`), `${name} ${file}`);
    const others = files.filter((file) => /\/(node_modules|dist|target|bench|client|www)\//.test(file));
    assert.deepEqual(others, [], name);
  }
});
