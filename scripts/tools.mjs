// What the project builds and tests with, where it lies, and the environment that makes it found.
// Everything compiled for this project lands in one cache folder per user, so a second clone reuses it.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wheatear', 'tools');

/** Version of a crate in Cargo.lock. wasm-bindgen's CLI must equal its crate to the letter. */
function lockedVersion(/** @type {string} */ crate) {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const version = lock.match(new RegExp(`name = "${crate}"\nversion = "([^"]+)"`))?.[1];
  if (!version) throw new Error(`Cargo.lock has no ${crate}`);
  return version;
}

/**
 * Programs that cargo compiles into the cache: crate, version, binary.
 * @typedef {{ crate: string, version: string, bin: string }} CargoTool
 */

/** @type {Record<'wasmBindgen' | 'wasmPack' | 'geckodriver' | 'cargoDeny' | 'cargoFuzz' | 'cargoPublicApi', CargoTool>} */
export const cargoTools = {
  wasmBindgen: { crate: 'wasm-bindgen-cli', version: lockedVersion('wasm-bindgen'), bin: 'wasm-bindgen' },
  wasmPack: { crate: 'wasm-pack', version: '0.15.1', bin: 'wasm-pack' },
  geckodriver: { crate: 'geckodriver', version: '0.37.1', bin: 'geckodriver' },
  cargoDeny: { crate: 'cargo-deny', version: '0.20.2', bin: 'cargo-deny' },
  // Its version is for what rustdoc of the oldest Rust writes.
  cargoPublicApi: { crate: 'cargo-public-api', version: '0.48.0', bin: 'cargo-public-api' },
  cargoFuzz: { crate: 'cargo-fuzz', version: '0.13.2', bin: 'cargo-fuzz' },
};

/** Folder that `cargo install --root` gets for a tool; a new version is a new folder. */
export const cargoToolRoot = (/** @type {CargoTool} */ tool) => join(cache, `${tool.crate}-${tool.version}`);

const executable = process.platform === 'win32' ? '.exe' : '';

/** The program itself, once it is installed. */
export const toolPath = (/** @type {CargoTool} */ tool) => join(cargoToolRoot(tool), 'bin', tool.bin + executable);

const yoyoRoot = join(cache, 'yoyo-migrations-9.0.0');

/** The tool that ours is compared with, written in Python. How it splits a file is up to its sqlparse. */
export const yoyo = {
  requirements: ['yoyo-migrations==9.0.0', 'sqlparse==0.6.1'],
  root: yoyoRoot,
  /** Python, its packages and the program. Not on the PATH: it would hide the system's Python. */
  venv: join(yoyoRoot, 'venv'),
  /** A link to the program, alone in its folder. */
  path: join(yoyoRoot, 'bin', 'yoyo'),
};

/** The oldest Rust that compiles the crates. */
export const oldestRustVersion =
  readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^rust-version = "(.*)"$/m)?.[1] ?? '';

/** Whether rustup has it. */
export const hasOldestRust = () => spawnSync('rustup', ['run', oldestRustVersion, 'rustc', '--version']).status === 0;

/** What the browser runs. */
export const wasmTarget = 'wasm32-unknown-unknown';

/** First of the given programs that is on the PATH, or undefined. */
export function which(/** @type {string[]} */ ...names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name + executable);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/** The clang that the budgets of build.mjs are for. Others compile SQLite as well, to a few kilobytes more. */
export const clangVersion = 19;

/**
 * A clang that can compile to wasm32, with the llvm-ar beside it. Apple's cannot, so Homebrew's llvm comes first where it
 * is; else that of the version above comes before the system's own.
 * @returns {{ clang: string, ar: string } | undefined}
 */
export function wasmClang() {
  const bins = ['/opt/homebrew/opt/llvm/bin', '/usr/local/opt/llvm/bin'];
  const candidates = bins.map((bin) => ({ clang: join(bin, 'clang'), ar: join(bin, 'llvm-ar') }));
  for (const suffix of [`-${clangVersion}`, '']) {
    const [clang, ar] = [which(`clang${suffix}`), which(`llvm-ar${suffix}`)];
    if (clang && ar) candidates.push({ clang, ar });
  }
  return candidates.find(({ clang, ar }) => {
    if (!existsSync(clang) || !existsSync(ar)) return false;
    const targets = spawnSync(clang, ['--print-targets'], { encoding: 'utf8' });
    return targets.stdout?.includes('wasm32');
  });
}

export const browsers = {
  chromium: () => which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'),
  chromedriver: () => which('chromedriver', 'chromium.chromedriver'),
  firefox: () => which('firefox-esr', 'firefox'),
  webkitDriver: () => which('WebKitWebDriver'),
  miniBrowser: () =>
    ['x86_64', 'aarch64']
      .map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`)
      .find((path) => existsSync(path)),
};

/** SQLite's command-line shell. */
export const sqliteShell = () => which('sqlite3');

/**
 * What the set-up installs, once it is there.
 * @template T
 * @param {string} what its name, for people
 * @param {T | undefined} path
 */
export function required(what, path) {
  if (path === undefined) throw new Error(`${what} is missing; \`node scripts/setup.mjs test\` installs it`);
  return path;
}

// SQLite's optional parts that few need, left out of the wasm module: full-text search,
// rtree, sessions, introspection tables, argument checks, lock notification (a worker has one
// connection), and what is for programs in C alone. Full-text search alone is 54 KB of the download.
const partsLeftOut = [
  'SQLITE_ENABLE_FTS5',
  'SQLITE_ENABLE_RTREE',
  'SQLITE_ENABLE_SESSION',
  'SQLITE_ENABLE_PREUPDATE_HOOK',
  'SQLITE_ENABLE_BYTECODE_VTAB',
  'SQLITE_ENABLE_DBPAGE_VTAB',
  'SQLITE_ENABLE_DBSTAT_VTAB',
  'SQLITE_ENABLE_STMTVTAB',
  'SQLITE_ENABLE_API_ARMOR',
  'SQLITE_ENABLE_UNLOCK_NOTIFY',
  'SQLITE_ENABLE_COLUMN_METADATA',
];

// Functions in C that neither rusqlite nor the engine calls, and what serves SQLite's own tests. Without incremental
// input and output of blobs there is no full-text search. Not SQLITE_OMIT_TRACE: `sqlite3_expanded_sql` would be there and
// give nothing, and by it scripts are cut into statements.
const functionsLeftOut = [
  'SQLITE_OMIT_COMPLETE',
  'SQLITE_OMIT_DESERIALIZE',
  'SQLITE_OMIT_GET_TABLE',
  'SQLITE_OMIT_INCRBLOB',
  'SQLITE_OMIT_TCL_VARIABLE',
  'SQLITE_UNTESTABLE',
];

export const sqliteFlags = [...partsLeftOut.map((part) => `-U${part}`), ...functionsLeftOut.map((part) => `-D${part}`)];

// What of wasm the C may use: what Rust's own code for this target uses anyway.
const cFlags = ['-mbulk-memory', '-msign-ext', '-mnontrapping-fptoint'];

/**
 * Environment for a build or a test: the cached tools on the PATH, clang for SQLite's C.
 * @returns {NodeJS.ProcessEnv}
 */
export function environment() {
  const clang = wasmClang();
  const bins = [...Object.values(cargoTools).map(toolPath), yoyo.path].map(dirname);
  return {
    ...process.env,
    PATH: [join(root, 'node_modules', '.bin'), ...bins, process.env.PATH].join(delimiter),
    ...(clang && { CC_wasm32_unknown_unknown: clang.clang, AR_wasm32_unknown_unknown: clang.ar }),
    CFLAGS_wasm32_unknown_unknown: cFlags.join(' '),
    SQLITE_WASM_RS_FLAGS: process.env.SQLITE_WASM_RS_FLAGS ?? sqliteFlags.join(' '),
  };
}

/** Ends the script with a message for people; no stack trace. */
export function fail(/** @type {string} */ message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

/**
 * Runs a program in the project's environment, shows its output (a quiet one's only if it fails), and
 * stops the script if it fails.
 */
export function run(
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} */ {
    cwd = root,
    env = {},
    quiet = false,
  } = {},
) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...environment(), ...env },
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0 && quiet) console.error(`${stdout ?? ''}${stderr ?? ''}`);
  if (error) fail(`${program} could not be started: ${error.message}`);
  if (status !== 0) fail(`failed (exit ${status}): ${program} ${args.join(' ')}`);
}

/** What a program prints, which is run in the project's environment; its failure is thrown, with what it says. */
export function outputOf(
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {{ cwd?: string }} */ { cwd = root } = {},
) {
  return execFileSync(program, args, { cwd, env: environment(), encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' });
}

/** Runs a program while others run: like `run`, but for the folder. */
export async function runBeside(
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} */ { env = {}, quiet = false } = {},
) {
  const stdio = quiet ? 'pipe' : 'inherit';
  const child = spawn(program, args, { cwd: root, env: { ...environment(), ...env }, stdio });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (said += part));
  const [status] = await once(child, 'close');
  if (status === 0) return;
  if (said) console.error(said);
  fail(`failed (exit ${status}): ${program} ${args.join(' ')}`);
}
