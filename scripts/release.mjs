// `npm run release -- 0.2.0`: makes everything of a release but the publishing, for which it prints the commands.
// `--dry-run` only says whether it could be; `--skip-tests` is for those that have just passed.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packCrates } from './crates.mjs';
import { fail, outputOf, root, run } from './tools.mjs';
import { obstacles, places, releasedChangelog, setVersion } from './version.mjs';

const options = process.argv.slice(2).filter((word) => word.startsWith('--'));
const [version = '', ...others] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const known = ['--dry-run', '--skip-tests'];
if (others.length > 0 || options.some((option) => !known.includes(option)))
  fail(`release: call it with a version, and with nothing else but ${known.join(' and ')}`);

const found = obstacles(root, version, (...args) => outputOf('git', args));
if (found.length > 0) fail(`release: not yet:\n${found.map((what) => `- ${what}`).join('\n')}`);
const files = ['CHANGELOG.md', ...new Set(places.map(({ file }) => file))];
if (options.includes('--dry-run')) {
  console.log(`release: ${version} could be released; it would be written into ${files.join(', ')}`);
  process.exit();
}

let undo = `git restore ${files.join(' ')}`;
process.on('exit', (code) => {
  if (code !== 0) console.error(`release: failed; \`${undo}\` takes back what it has done`);
});
setVersion(root, version);
const changelog = join(root, 'CHANGELOG.md');
const today = new Date().toISOString().slice(0, 10);
writeFileSync(changelog, releasedChangelog(readFileSync(changelog, 'utf8'), version, today));
// The tests build what is packed.
run('node', options.includes('--skip-tests') ? ['scripts/build.mjs'] : ['scripts/test.mjs']);
// What is packed is a commit that can be found again.
run('git', ['commit', '--quiet', '--message', `Version ${version}`, ...files]);
undo = 'git reset --hard HEAD~1';
const packed = join(root, 'dist', 'release');
rmSync(packed, { recursive: true, force: true });
mkdirSync(packed, { recursive: true });
run('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: join(root, 'dist', 'package') });
const tarball = join(packed, `wheatear-${version}.tgz`);
if (!existsSync(tarball)) fail(`release: dist/package is not of ${version}`);
const crates = packCrates();

console.log(`
release: ${version} is committed and packed: ${relative(root, packed)}, ${relative(root, crates)}. Look at them, then publish:

  git tag v${version} && git push --follow-tags
  cargo publish --workspace
  npm publish ${relative(root, tarball)}

\`${undo}\` takes the commit back instead.`);
