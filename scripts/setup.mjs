// Adds what is missing to build (`node scripts/setup.mjs`) or also to test (`… test`) Wheatear.
// Every step asks first whether its work is done, so a second run takes well under two seconds.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  browsers,
  cargoToolRoot,
  cargoTools,
  clangVersion,
  environment,
  fail,
  hasOldestRust,
  oldestRustVersion,
  root,
  sqliteShell,
  toolPath,
  wasmClang,
  wasmTarget,
  which,
  yoyo,
} from './tools.mjs';

const forTests = process.argv[2] === 'test';
const say = (/** @type {string} */ line) => console.log(`setup: ${line}`);

requireNodeAndRust();
systemPackages();
rustTarget();
if (forTests) oldestRust();
cargoInstalled(forTests ? Object.values(cargoTools) : [cargoTools.wasmBindgen]);
if (forTests) yoyoInstalled();
npmPackages();

/** Runs one installer and keeps its output: set-up says one line a step. */
function attempt(
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {{ cwd?: string, env?: NodeJS.ProcessEnv }} */ { cwd = root, env = {} } = {},
) {
  return spawnSync(program, args, {
    cwd,
    env: { ...environment(), ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

/** Runs one installer; if it fails, shows what it printed and stops. */
function install(/** @type {Parameters<typeof attempt>} */ ...[program, args, options]) {
  const { status, stdout, stderr, error } = attempt(program, args, options);
  if (status === 0) return;
  fail(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}\nsetup: failed: ${program} ${args.join(' ')}`);
}

function requireNodeAndRust() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`setup: Node ${process.versions.node} is too old; 20.19 or newer is needed: https://nodejs.org`);
  }
  if (!which('cargo') || !which('rustc')) {
    fail('setup: Rust is missing; install it from https://rustup.rs and open a new shell');
  }
}

/** What only the system's package manager can add: compilers, clang with llvm-ar, browsers, Python. */
function systemPackages() {
  const isUbuntu = existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
  // Ubuntu's own names: its browsers are snaps behind transitional packages.
  const debian = isUbuntu
    ? { chromium: 'chromium-browser', chromedriver: 'chromium-chromedriver', firefox: 'firefox' }
    : { chromium: 'chromium', chromedriver: 'chromium-driver', firefox: 'firefox-esr' };

  const clang = `clang-${clangVersion}`;
  /** @type {{ what: string, there: boolean, apt: string[], brew: string }[]} */
  const wanted = [
    { what: 'C compiler', there: !!which('cc'), apt: ['build-essential'], brew: 'xcode-select --install' },
    {
      what: 'clang for wasm32',
      there: !!wasmClang() && (!!which(clang) || !aptKnows(clang)),
      apt: [clang, `llvm-${clangVersion}`],
      brew: 'brew install llvm',
    },
  ];
  if (forTests) {
    wanted.push(
      { what: 'C++ compiler', there: !!which('c++'), apt: ['build-essential'], brew: 'xcode-select --install' },
      {
        what: 'Python with venv',
        there: existsSync(yoyo.path) || attempt('python3', ['-c', 'import ensurepip, venv']).status === 0,
        apt: ['python3-venv'],
        brew: 'brew install python3',
      },
      { what: 'sqlite3', there: !!sqliteShell(), apt: ['sqlite3'], brew: 'brew install sqlite' },
      {
        what: 'Chromium',
        there: !!browsers.chromium(),
        apt: [debian.chromium],
        brew: 'brew install --cask chromium',
      },
      {
        what: 'Chromium driver',
        there: !!browsers.chromedriver(),
        apt: [debian.chromedriver],
        brew: 'brew install --cask chromedriver',
      },
      { what: 'Firefox', there: !!browsers.firefox(), apt: [debian.firefox], brew: 'brew install --cask firefox' },
      {
        what: 'WebKitGTK and a display for it',
        // There is none for macOS; the tests do without.
        there:
          process.platform === 'darwin' || (!!browsers.webkitDriver() && !!browsers.miniBrowser() && !!which('Xvfb')),
        apt: ['webkit2gtk-driver', 'xvfb'],
        brew: '',
      },
    );
  }
  const missing = wanted.filter(({ there }) => !there);
  if (missing.length === 0) return;

  const names = missing.map(({ what }) => what).join(', ');
  if (process.platform === 'darwin') {
    fail(`setup: missing: ${names}. Run:\n\n${missing.map(({ brew }) => `  ${brew}`).join('\n')}\n\nand try again.`);
  }
  const packages = missing.flatMap(({ apt }) => apt);
  if (!which('apt-get')) {
    fail(`setup: missing: ${names}. Install what your system calls: ${packages.join(' ')}, and try again.`);
  }
  const installing = ['install', '--yes', '--no-install-recommends'];
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('sudo', ['--non-interactive', 'true']).status !== 0) {
    const commands = `sudo apt-get update && sudo apt-get ${[...installing, ...packages].join(' ')}`;
    fail(`setup: missing: ${names}. Installing needs root. Run:\n\n  ${commands}\n\nand try again.`);
  }
  say(`installing ${names} (apt-get: ${packages.join(' ')})`);
  const apt = (/** @type {string[]} */ ...step) =>
    install('env', [...(isRoot ? [] : ['sudo']), 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...step]);
  apt('update');
  // A system without that version of clang has another.
  apt(...installing, ...packages.map((name) => (aptKnows(name) ? name : name.replace(/-\d+$/, ''))));
}

function aptKnows(/** @type {string} */ name) {
  return attempt('apt-cache', ['show', name]).status === 0;
}

/** Rust's standard library for wasm32-unknown-unknown. */
function rustTarget() {
  const target = wasmTarget;
  const libdir = spawnSync('rustc', ['--print', 'target-libdir', '--target', target], { cwd: root, encoding: 'utf8' });
  if (libdir.status === 0 && existsSync(libdir.stdout.trim())) return;
  if (!which('rustup')) fail(`setup: rustc lacks the target ${target} and there is no rustup to add it`);
  say(`adding the Rust target ${target}`);
  install('rustup', ['target', 'add', target]);
}

/** The oldest Rust that is promised. What needs it does without where it cannot be had. */
function oldestRust() {
  if (hasOldestRust() || !which('rustup')) return;
  say(`adding Rust ${oldestRustVersion}`);
  attempt('rustup', ['toolchain', 'install', oldestRustVersion, '--profile', 'minimal', '--no-self-update']);
}

/** Tools built once from crates.io into the cache. Their folder is outside the project and its Cargo configuration. */
function cargoInstalled(/** @type {import('./tools.mjs').CargoTool[]} */ tools) {
  for (const tool of tools) {
    if (existsSync(toolPath(tool))) continue;
    const folder = cargoToolRoot(tool);
    say(`building ${tool.crate} ${tool.version} into ${folder} (a few minutes, once)`);
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--root', folder, '--version', tool.version, tool.crate];
    // A mirror that lags behind may lack a version the tool's own lock file names; then the newest
    // compatible ones have to do.
    if (attempt('cargo', [...args, '--locked'], { cwd: folder }).status !== 0) install('cargo', args, { cwd: folder });
  }
}

/** Yoyo in a Python environment of its own. The link is made last: where it is, yoyo has run. */
function yoyoInstalled() {
  if (existsSync(yoyo.path)) return;
  say(`installing ${yoyo.requirements.join(' ')} into ${yoyo.root}`);
  rmSync(yoyo.root, { recursive: true, force: true });
  mkdirSync(dirname(yoyo.path), { recursive: true });
  const inVenv = (/** @type {string} */ program) => join(yoyo.venv, 'bin', program);
  install('python3', ['-m', 'venv', yoyo.venv]);
  install(inVenv('pip'), ['install', ...yoyo.requirements]);
  // Python packages may rest on what a newer Python no longer has; that shows here, not in a test.
  install(inVenv('yoyo'), ['--help']);
  symlinkSync(inVenv('yoyo'), yoyo.path);
}

/** node_modules as package-lock.json has it; a stamp remembers for which lock file it was filled. */
function npmPackages() {
  const stamp = join(root, 'node_modules', '.installed-from');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing npm packages');
  install('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}
