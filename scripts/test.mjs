// `npm test`: sets up, builds, and runs every suite, the cheapest first. `npm test -- native e2e`
// runs only the suites named.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { contendersInstalled } from '../bench/race/install.mjs';
import { checkCrateApis } from './crate-api.mjs';
import { packagesInstalled } from './npm-packages.mjs';
import { buildPackage, projects } from './package.mjs';
import { buildPages } from './pages.mjs';
import {
  browsers,
  cargoTools,
  fail,
  hasOldestRust,
  oldestRustVersion,
  root,
  run,
  runBeside,
  toolPath,
  wasmTarget,
} from './tools.mjs';

/** @type {Record<string, () => void | Promise<unknown>>} */
const suites = { lint, client, native, fuzz, wasm, e2e, bench, files, kill, tabs, tauri };

/** Those that are run only by name. */
const onlyByName = ['tauri'];

const tauriExample = join('examples', 'tauri', 'src-tauri');

const chosen =
  process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites).filter((name) => !onlyByName.includes(name));
const unknown = chosen.filter((name) => !(name in suites));
if (unknown.length > 0) fail(`test: no suite ${unknown.join(', ')}; there are: ${Object.keys(suites).join(', ')}`);

run('node', ['scripts/setup.mjs', 'test']);
for (const [name, suite] of Object.entries(suites)) {
  if (!chosen.includes(name)) continue;
  const start = performance.now();
  console.log(`\ntest: ${name}`);
  await suite();
  console.log(`test: ${name} passed in ${Math.round((performance.now() - start) / 1000)} s`);
}

/** Formats, lints, types, documentation, licences. */
function lint() {
  const locked = ['--quiet', '--locked'];
  const denyWarnings = ['--', '-D', 'warnings'];
  const onlyNative = ['--exclude', 'weather-store'];
  run('cargo', ['fmt', '--all', '--check']);
  run('cargo', ['clippy', ...locked, '--workspace', '--all-targets', ...denyWarnings]);
  run('cargo', ['clippy', ...locked, '--workspace', ...onlyNative, '--target', wasmTarget, ...denyWarnings]);
  oldestRust();
  // A workspace of its own; in the same folder, SQLite need not be compiled again.
  const fuzzTargets = ['--manifest-path', 'fuzz/Cargo.toml'];
  run('cargo', ['fmt', ...fuzzTargets, '--check']);
  // Its tools take minutes to compile.
  run('cargo', ['fmt', '--manifest-path', 'tests/made-by/Cargo.toml', '--check']);
  run('cargo', ['fmt', '--manifest-path', join(tauriExample, 'Cargo.toml'), '--check']);
  run('cargo', ['clippy', ...locked, ...fuzzTargets, '--target-dir', 'target', ...denyWarnings]);
  // Twice: what only the browser has is documented there only.
  for (const target of [[], [...onlyNative, '--target', wasmTarget]]) {
    run('cargo', ['doc', ...locked, '--no-deps', '--workspace', ...target], { env: { RUSTDOCFLAGS: '-D warnings' } });
  }
  // Advisories are not among these: their database is elsewhere, and a test must not need it.
  run('cargo', ['deny', '--locked', '--log-level', 'error', 'check', 'bans', 'licenses', 'sources']);
  run('biome', ['ci', '--error-on-warnings']);
  packagesInstalled(join(root, 'tests', 'adapters'));
  for (const project of [...projects, 'scripts']) run('tsc', ['-p', project, '--noEmit']);
}

/**
 * The workspace compiles with the Rust that Cargo.toml promises, which set-up adds where there is rustup; and what is public in
 * it is what is written down.
 */
function oldestRust() {
  if (!hasOldestRust()) return console.log(`test: without Rust ${oldestRustVersion}, which rustup could not add`);
  const target = join('target', 'oldest-rust');
  run('cargo', [`+${oldestRustVersion}`, 'check', '--quiet', '--locked', '--workspace', '--target-dir', target]);
  checkCrateApis(target);
}

/** What of the client needs no browser: the code of the built package, in Node.js; and what the documentation says of it. */
function client() {
  buildPackage();
  const rooms = ['client', 'docs', 'release'];
  for (const room of [...rooms, 'types']) run('tsc', ['-p', join('tests', room)]);
  // Node.js 20 warns that the mock timers of its test runner may change.
  runTests(rooms, '--disable-warning=ExperimentalWarning');
}

/** Core, macro and engine, against SQLite as compiled for this machine; and side by side with yoyo. */
function native() {
  run('cargo', ['test', '--quiet', '--locked', '--workspace', '--', '--include-ignored']);
}

/**
 * Arbitrary input for what reads people's files. As many runs and the same seed each time: a verdict.
 * `FUZZ_SECONDS` makes it a search, that long for each target.
 */
function fuzz() {
  const runs = { header: 100_000, set: 80_000, statements: 60_000 };
  const searches = Object.entries(runs).map(([target, count]) => {
    // libFuzzer writes what it finds into the first folder and only reads the others.
    const found = join(root, 'target', 'fuzz', target);
    rmSync(found, { recursive: true, force: true });
    mkdirSync(found, { recursive: true });
    // Without sanitizers a stable compiler will do; they are for unsafe code, which core has none of.
    const build = ['--sanitizer', 'none', target, found, join('fuzz', 'corpus', target)];
    const seconds = process.env.FUZZ_SECONDS;
    const bounds = seconds ? [`-max_total_time=${seconds}`] : [`-runs=${count}`, '-seed=1'];
    return runBeside('cargo', ['fuzz', 'run', ...build, '--', ...bounds, '-max_len=4096', '-verbosity=0'], {
      quiet: true,
    });
  });
  // Each has one thread.
  return Promise.all(searches);
}

/** Engine and bindings in a dedicated worker of each browser that wasm-pack drives. */
function wasm() {
  const drivers = [
    ['--chrome', '--chromedriver', browsers.chromedriver() ?? ''],
    ['--firefox', '--geckodriver', toolPath(cargoTools.geckodriver)],
  ];
  const names = ['wasm-opfs', 'wasm-operations', 'wasm-bindings', 'wasm-homes', 'wasm-transfers'];
  const tests = names.flatMap((name) => ['--test', name]);
  const env = {
    // Its own limit, 20 s for each file, says more about the machine than about the tests.
    WASM_BINDGEN_TEST_TIMEOUT: '600',
    // wasm-bindgen reads all of a module for each file and browser, and most of it would be for debuggers.
    CARGO_PROFILE_DEV_DEBUG: '0',
  };
  return Promise.all(
    drivers.map((driver) => {
      const options = ['--mode', 'no-install', '--headless', ...driver];
      return runBeside('wasm-pack', ['--log-level', 'warn', 'test', ...options, '.', ...tests], { env });
    }),
  );
}

/** The built demo and the built package, in real pages. */
function e2e() {
  buildPages();
  run('node', ['scripts/site.mjs']);
  // Databases of other libraries are made by those.
  contendersInstalled();
  for (const room of ['frameworks', 'oldest', 'examples']) packagesInstalled(join(root, 'tests', room));
  tellWhatIsLeftOut();
  // These see the built package and module as their users do, so they cannot be checked before.
  const rooms = [
    'lab',
    'pages',
    'package',
    'apps',
    'adapters',
    'frameworks',
    'oldest',
    'examples',
    'program',
    'demo',
    'site',
    'files',
    'kill',
    'tabs',
  ].map((room) => join('tests', room));
  for (const project of ['www', ...rooms, 'bench']) run('tsc', ['-p', project]);
  // Browsers wait more than they work: three files at a time, one for each engine, take little more than a third of the time.
  runTests(
    ['lab', 'package', 'apps', 'adapters', 'frameworks', 'oldest', 'examples', 'program', 'demo', 'site'],
    '--test-concurrency=3',
  );
}

/** Every contender of the race once, with little to do: that it runs, not how long it takes. */
function bench() {
  buildPages();
  run('node', ['bench/race/run.mjs', '--quick']);
}

/** Damaged files, imported in real pages; the same ones each time. */
function files() {
  buildPages();
  tellWhatIsLeftOut();
  run('node', ['tests/files/run.mjs', '--rounds', '30', '--seed', '1']);
}

/** Browsers that are killed while they upgrade and write; the same moments each time, as far as a machine can. */
function kill() {
  buildPages();
  tellWhatIsLeftOut();
  run('node', ['tests/kill/run.mjs', '--rounds', '5', '--seed', '1']);
}

/** Tabs that write to one database, while the one that holds it goes away. */
function tabs() {
  buildPages();
  tellWhatIsLeftOut();
  run('node', ['tests/tabs/run.mjs', '--rounds', '5', '--seed', '1']);
}

/**
 * The commands of the example with Tauri, in its runtime for tests. It takes the libraries of the system that Tauri takes, which
 * set-up does not install (Debian: `libwebkit2gtk-4.1-dev libgtk-3-dev`), and minutes. What these commands do with the database is
 * among the tests of `native`.
 */
function tauri() {
  const patch = ['--config', `patch.crates-io.wheatear.path=${JSON.stringify(root)}`];
  run('cargo', ['test', '--quiet', ...patch, '--target-dir', join(root, 'target', 'tauri')], {
    cwd: join(root, tauriExample),
  });
}

/** Runs the test files of some rooms in tests/, in all of their folders, with Node's own runner. */
function runTests(/** @type {string[]} */ rooms, /** @type {string[]} */ ...options) {
  const files = rooms.flatMap((room) => {
    const folder = join('tests', room);
    const all = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    const own = all.filter((file) => !file.includes('node_modules'));
    return own.filter((file) => file.endsWith('.test.mjs')).map((file) => join(folder, file));
  });
  run('node', ['--test', '--test-reporter=spec', ...options, ...files]);
}

/** The set-up has installed every browser but the one that some systems do not have. */
function tellWhatIsLeftOut() {
  if (!browsers.webkitDriver()) console.log('test: without WebKitGTK, which this system does not have');
}
