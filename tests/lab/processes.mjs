// The processes of a browser, for tests that suspend some of them. Linux only: it is /proc that tells of them.

import { readdir, readFile } from 'node:fs/promises';

/** What /proc/PID/stat says: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function stat(/** @type {number} */ pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, which comes second, may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/**
 * The processes of the browsers that this process has started, through drivers, and the processor time that each has used.
 * @returns {Promise<{ pid: number, ticks: number }[]>}
 */
export async function browserProcesses() {
  const all = new Map();
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    // One may end meanwhile.
    if (Number.isInteger(pid)) all.set(pid, await stat(pid).catch(() => undefined));
  }
  const parentOf = (/** @type {number} */ pid) => all.get(pid)?.parent ?? 0;
  const belongs = (/** @type {number} */ pid) => {
    for (let at = parentOf(pid); at > 1; at = parentOf(at)) if (parentOf(at) === process.pid) return true;
    return false;
  };
  return [...all].flatMap(([pid, found]) => (found && belongs(pid) ? [{ pid, ticks: found.ticks }] : []));
}

/**
 * Which process a page runs in: the one that is busy while the page is.
 * @param {(script: () => void) => Promise<unknown>} run runs a function in the page
 */
export async function processOf(run) {
  const before = new Map((await browserProcesses()).map(({ pid, ticks }) => [pid, ticks]));
  await run(() => {
    const end = performance.now() + 1000;
    while (performance.now() < end);
  });
  const used = (await browserProcesses()).map(({ pid, ticks }) => ({ pid, ticks: ticks - (before.get(pid) ?? 0) }));
  return used.reduce((a, b) => (b.ticks > a.ticks ? b : a)).pid;
}
