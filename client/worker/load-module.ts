import type { ErrorData } from '../protocol/errors.js';
import type { WasmSource } from '../protocol/greeting.js';
import { within } from '../storage/time-limit.js';
import type { ModuleConnection, WheatearModule } from './module.js';

/**
 * How long to wait before what could not be fetched is fetched again, in milliseconds. While a page is being left WebKitGTK
 * loads nothing for it, and it may come back.
 */
const pauses = [200, 800, 2000];

/** How long the module may take until it has come and is compiled, in milliseconds: over a slow network, a minute. */
const arrivalLimit = 60_000;

/** Every module has these; migrations it carries, or takes from its page. */
type RequiredPart = Exclude<keyof WheatearModule, 'migrations' | 'setOfFiles' | 'setOfSql'>;

/** What a module must have, to notice one that is something else. */
const parts: Record<RequiredPart, true> = {
  default: true,
  blockSize: true,
  Connection: true,
  importMirror: true,
  importOpfs: true,
  exportOpfs: true,
  defineFunctions: true,
};

/** What its connections must have, to notice one that comes from another build. */
const connectionParts: Record<keyof ModuleConnection, true> = {
  migrate: true,
  migrateAnnounced: true,
  applied: true,
  status: true,
  operate: true,
  log: true,
  query: true,
  queryArrays: true,
  run: true,
  recorded: true,
  batch: true,
  exec: true,
  isReadOnly: true,
  defineFunction: true,
  onWorking: true,
  takeChanges: true,
  begin: true,
  fetch: true,
  closeCursor: true,
  tablesRead: true,
  commit: true,
  rollback: true,
  close: true,
  pending: true,
  fileSize: true,
  readFile: true,
  fill: true,
  nextAbsent: true,
  unfinished: true,
  takeMissing: true,
  takeCommit: true,
};

/**
 * Loads and starts the module.
 *
 * @param source where its wasm file is, if its script does not know
 * @throws ErrorData `worker_failed`, with the address that it was looked for at, where the browser tells
 */
export async function loadModule(module: WheatearModule, source?: WasmSource): Promise<void> {
  const missing = [...missingOf(Object(module), parts), ...missingOf(module?.Connection?.prototype, connectionParts)];
  if (missing.length > 0) {
    throw unusable(
      `what it hands to serve lacks ${missing.join(', ')}: it must be the whole namespace (import * as module from …) of a module of this version of Wheatear; build it anew`,
    );
  }
  if (!('WebAssembly' in globalThis)) throw unusable('this browser has no WebAssembly, or has switched it off');
  const since = performance.now();
  for (const pause of [...pauses, undefined]) {
    try {
      await within(
        arrivalLimit,
        'its address',
        module.default(source && { module_or_path: source.module ?? source.address }),
      );
      break;
    } catch (error) {
      // A request that had no answer fails with a TypeError, and may have one next time. Everything else would fail again.
      if (!(error instanceof TypeError) || pause === undefined) {
        throw unusable(`its wasm module could not be loaded: ${error}${await whereFrom(error, source, since)}`);
      }
      await sleep(pause);
    }
  }
  try {
    module.blockSize();
  } catch (error) {
    throw unusable(`its wasm module is another one: ${error}${await whereFrom(error, source, since)}`);
  }
}

/** Which parts something does not have; none of what is not there itself. */
function missingOf(whole: unknown, parts: Record<string, true>): string[] {
  return whole === undefined ? [] : Object.keys(parts).filter((part) => Object(whole)[part] === undefined);
}

/**
 * Where the module was looked for, unless the error says so: what was fetched first since then. Browsers know it a little
 * later, if at all.
 */
async function whereFrom(error: unknown, source: WasmSource | undefined, since: number): Promise<string> {
  if (source)
    return ` (${source.address}, which the option wasm of the page has named; give it wheatear_bg.wasm of this version of Wheatear)`;
  for (let looks = 10; looks > 0 && !/https?:/.test(String(error)); looks--) {
    const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const fetched = resources.find(({ initiatorType, startTime }) => initiatorType === 'fetch' && startTime >= since);
    if (fetched) return ` (${fetched.name})`;
    await sleep(20);
  }
  return '';
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function unusable(reason: string): ErrorData {
  return { class: 'ConnectionError', code: 'worker_failed', message: `The database worker failed: ${reason}.` };
}
