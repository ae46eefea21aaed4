// Errors, as a worker meets them: those that the module and the worker itself throw on purpose, which have a code, and
// faults, which are everything else.

import { dataOf, type ErrorData, WheatearError } from '../protocol/errors.js';
import { CommitLost } from './commit-lost.js';

/** What an error says that was thrown on purpose; `undefined`: it is a fault. */
export function errorDataOf(error: unknown): ErrorData | undefined {
  if (error instanceof CommitLost) return error.data;
  // One of client/storage: those have nothing else to say.
  if (error instanceof WheatearError) return dataOf(error);
  return isErrorData(error) ? error : undefined;
}

/**
 * Whether the module is broken, or this worker: such as by a trap of wasm, after which the module's memory cannot be
 * trusted. Nothing more may be called in it then, not even to undo what it has begun, and another worker must go on.
 * What a browser throws is a fault, too, unless whoever has asked the browser says what that means for a database
 * (`storageError`).
 */
export function isFault(error: unknown): boolean {
  return errorDataOf(error) === undefined;
}

/** What a fault is to whoever waits for an answer. */
export function faultData(fault: unknown): ErrorData {
  const reason = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
  return {
    class: 'ConnectionError',
    code: 'worker_failed',
    message: `The database worker failed and cannot go on: ${reason}${hintOf(fault)}`,
  };
}

/** What the module throws on purpose. A newer one may have codes that this package does not know. */
function isErrorData(error: unknown): error is ErrorData {
  return !(error instanceof Error) && typeof (error as Partial<ErrorData> | null | undefined)?.code === 'string';
}

function hintOf(fault: unknown): string {
  // In the words of V8 and WebKit, and of Firefox.
  if (fault instanceof Error && /call stack|recursion/i.test(fault.message)) {
    return ' (what was asked nests deeper than its stack bears; nest less)';
  }
  return fault instanceof WebAssembly.RuntimeError ? ' (it may have run out of memory, or of stack)' : '';
}
