// Browsers as users start them: no driver, a profile that stays, one page. All of a browser's processes are in one
// process group, which is how it is killed.

import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { browsers, required } from '../../scripts/tools.mjs';
import { chromiumArguments } from './chromium-arguments.mjs';
import { startDisplay } from './display.mjs';
import { eventually } from './eventually.mjs';

/**
 * @typedef {object} PlainEngine
 * @property {string} name
 * @property {readonly ('opfs' | 'indexeddb')[]} storages
 * @property {string | undefined} program
 * @property {(profile: string, address: string) => string[]} command program and arguments
 * @property {Record<string, string>} [profileFiles] put into a new profile
 * @property {(profile: string) => NodeJS.ProcessEnv} [env]
 * @property {boolean} [needsDisplay]
 */

/** @type {PlainEngine} */
const chromium = {
  name: 'chromium',
  storages: ['opfs', 'indexeddb'],
  program: browsers.chromium(),
  command: (profile, address) => [
    required(chromium.name, chromium.program),
    ...chromiumArguments,
    // The page opens its tabs by itself.
    '--disable-popup-blocking',
    '--hide-crash-restore-bubble',
    `--user-data-dir=${profile}`,
    address,
  ],
};

/** @type {PlainEngine} */
const firefox = {
  name: 'firefox',
  storages: ['opfs', 'indexeddb'],
  program: browsers.firefox(),
  command: (profile, address) => [
    required(firefox.name, firefox.program),
    '-headless',
    '-no-remote',
    '-profile',
    profile,
    address,
  ],
  profileFiles: {
    'user.js': Object.entries({
      // After crashes Firefox would ask what to do, or restore tabs.
      'browser.sessionstore.resume_from_crash': false,
      'toolkit.startup.max_resumed_crashes': -1,
      'browser.startup.homepage_override.mstone': 'ignore',
      'browser.aboutwelcome.enabled': false,
      'browser.shell.checkDefaultBrowser': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'app.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'dom.disable_open_during_load': false,
    })
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
      .join(''),
  },
};

/** Its driver forgets every session, but the browser itself keeps a profile. @type {PlainEngine} */
const webkitGtk = {
  name: 'webkitgtk',
  storages: ['indexeddb'],
  program: browsers.miniBrowser(),
  command: (_, address) => [required(webkitGtk.name, webkitGtk.program), address],
  env: (profile) => ({
    HOME: profile,
    XDG_DATA_HOME: join(profile, 'data'),
    XDG_CACHE_HOME: join(profile, 'cache'),
    XDG_CONFIG_HOME: join(profile, 'config'),
  }),
  needsDisplay: true,
};

/** Those that are installed; only WebKitGTK may be missing, because not every system has it. */
export const plainEngines = [chromium, firefox, webkitGtk].filter(
  ({ name, program }) => program || name !== 'webkitgtk',
);

/** A browser that runs. */
export class PlainBrowser {
  #group;
  /** A browser must not outlive the tests. */
  #end = () => void process.kill(-this.#group, 'SIGKILL');

  /** @param {number} group */
  constructor(group) {
    this.#group = group;
    process.once('exit', this.#end);
  }

  /**
   * @param {PlainEngine} engine
   * @param {string} profile folder, created if need be
   * @param {string} address of the page that it opens
   */
  static async start(engine, profile, address) {
    await mkdir(profile, { recursive: true });
    for (const [name, text] of Object.entries(engine.profileFiles ?? {})) await writeFile(join(profile, name), text);
    const [program = '', ...args] = engine.command(profile, address);
    // Outside of the browser's group, it notices that the browser is gone and ends by itself.
    const display = engine.needsDisplay ? await startDisplay() : undefined;
    const env = { ...process.env, ...engine.env?.(profile), ...display?.env };
    const { pid } = spawn(program, args, { env, stdio: 'ignore', detached: true });
    if (pid === undefined) throw new Error(`${program} could not be started`);
    return new PlainBrowser(pid);
  }

  /** Ends every process of the browser at once, and waits until none is left. */
  async kill() {
    process.off('exit', this.#end);
    this.#end();
    await eventually(async () => {
      if (await isRunning(this.#group)) throw new Error(`processes of the group ${this.#group} still run`);
    });
  }
}

/** @returns {Promise<boolean>} whether a process of a group still runs */
async function isRunning(/** @type {number} */ group) {
  if (process.platform !== 'linux') return isKnown(group);
  // A signal would also find those that have ended and that nobody asks how: in a container perhaps for ever.
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    // Name in brackets, state, parent, group: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(processGroup) === group && state !== 'Z') return true;
  }
  return false;
}

function isKnown(/** @type {number} */ group) {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
