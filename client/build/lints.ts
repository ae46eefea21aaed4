import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LintFinding } from './tools.js';

/** What the thread is given: the files of a set, ids of lints that say nothing, and the paths of files that are new. */
export interface LintWork {
  readonly paths: readonly string[];
  readonly texts: readonly string[];
  readonly off: readonly string[];
  readonly changed: readonly string[];
}

/** Of one lint so many findings are told at once. */
const most = 3;

/** The lints of one folder, which say of each finding once that it is there. */
export class Lints {
  readonly #off: readonly string[];
  /** The texts that were looked at last, by path. */
  #seen: ReadonlyMap<string, string> = new Map();
  /** What was found in them. */
  #found: readonly LintFinding[] = [];
  #thread: Worker | undefined;

  constructor(off: readonly string[]) {
    this.#off = off;
  }

  /**
   * Looks at files by path, of which a set can be made that applies. What looks at earlier ones is ended, and says nothing.
   *
   * @returns what was not told before, as a terminal has room for it
   * @throws {Error} there is no such lint
   */
  async of(files: ReadonlyMap<string, string>): Promise<string[]> {
    this.end();
    const changed = [...files].filter(([path, text]) => this.#seen.get(path) !== text).map(([path]) => path);
    const isSame = changed.length === 0 && files.size === this.#seen.size;
    if (isSame) return [];
    const work: LintWork = { paths: [...files.keys()], texts: [...files.values()], off: this.#off, changed };
    const thread = new Worker(new URL('./lint-thread.js', import.meta.url), { workerData: work });
    this.#thread = thread;
    const found = await Promise.race([foundBy(thread), once(thread, 'exit').then(() => undefined)]);
    if (this.#thread !== thread || !found) return [];
    const known = this.#found.filter(({ file }) => files.has(file) && !changed.includes(file));
    const isNew = ({ message }: LintFinding) => !known.some((other) => other.message === message);
    const others = found.filter(isNew);
    this.#seen = files;
    this.#found = [...known, ...others];
    return told(others);
  }

  /** Ends what is under way. */
  end(): void {
    void this.#thread?.terminate();
    this.#thread = undefined;
  }
}

async function foundBy(thread: Worker): Promise<readonly LintFinding[]> {
  // An error that it has thrown is thrown here.
  const [found] = await once(thread, 'message');
  return found;
}

function told(findings: readonly LintFinding[]): string[] {
  const lints = [...new Set(findings.map(({ lint }) => lint))];
  return lints.flatMap((id) => {
    const messages = findings.filter(({ lint }) => lint === id).map(({ message }) => message);
    const others = messages.splice(most).length;
    return others === 0
      ? messages
      : [...messages, `${others} more of ${id}; \`npx wheatear check\` tells all of them, and off: ['${id}'] none`];
  });
}
