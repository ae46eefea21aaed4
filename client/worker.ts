import * as own from './page/wheatear.js';
import { requireBrowser } from './storage/origin.js';
import type { WheatearModule } from './worker/module.js';
import { type FromPage, receptionFor } from './worker/reception.js';
import type { ServeOptions } from './worker/serve-options.js';

export type {} from './protocol/web-types.js';
export type { CodeStep, CodeTransaction } from './worker/code-steps.js';
export type { WheatearModule } from './worker/module.js';
export type { ServeOptions } from './worker/serve-options.js';
export type {
  AggregateDefinition,
  Collation,
  FunctionOptions,
  ScalarDefinition,
  ScalarFunction,
  SqlFunction,
} from './worker/sql-functions.js';

/**
 * Makes this dedicated worker the one that holds a database, with the package's own module. The whole script of such a
 * worker:
 *
 * ```ts
 * import { serve } from 'wheatear/worker';
 *
 * serve({
 *   code: { '0003.backfill': { version: '1', up: (tx) => tx.exec('UPDATE weather_node SET temp_c = 20') } },
 * });
 * ```
 *
 * What is wrong with the options `open` rejects with, as a `DefinitionError`.
 */
export function serve(options?: ServeOptions): void;
/**
 * The same with a module of your own, which may carry its migrations:
 *
 * ```ts
 * import { serve } from 'wheatear/worker';
 * import * as module from './pkg/weather.js';
 *
 * serve(module);
 * ```
 */
export function serve(module: WheatearModule, options?: ServeOptions): void;
export function serve(given: WheatearModule | ServeOptions = {}, more: ServeOptions = {}): void {
  requireBrowser();
  const [module, options] = isOptions(given) ? [own, given] : [given, more];
  const reception = receptionFor(module, options, (message, transfer) => postMessage(message, { transfer }));
  addEventListener('message', ({ data }: MessageEvent<FromPage>) => reception.receive(data));
}

/** What wasm-bindgen makes has a default export. */
function isOptions(given: WheatearModule | ServeOptions): given is ServeOptions {
  return typeof given === 'object' && given !== null && !('default' in given);
}
