// How a page and a worker find each other. A worker that has just been started may still be on its way, may never speak
// Wheatear's language, or may belong to somebody else: so nothing is asked of it before it has said who it is.

import { protocolVersion } from './version.js';

/** Page to worker, before anything else, and again when the worker says that it serves. */
export interface Hello {
  type: 'hello';
  /** Names the page's end of the wire; random. */
  from: string;
  /** Whether the page brings the wasm module, or says where it is, in an `Equipment` that follows. */
  bringsWasm: boolean;
}

/** Where a wasm module is, for whoever loads it. */
export interface WasmSource {
  readonly address: string;
  /** What was compiled of it already. */
  readonly module?: WebAssembly.Module;
}

/** Page to worker, once the page knows it: what the worker works with in the place of what lies beside its script. */
export interface Equipment {
  type: 'equipment';
  from: string;
  /** `undefined`: the page could not bring it, and the worker is to load it itself. */
  wasm: WasmSource | undefined;
}

/** Worker to page. */
export type Greeting =
  /** To whomever it concerns, once its script has run that far: what was said before may be lost. */
  | { type: 'serving' }
  /** It is this page's; or it is another one's, and stays that. */
  | { type: 'welcome' | 'taken'; to: string; protocol: number };

/** Whether something that a worker has said is one. */
export function isGreeting(data: unknown): data is Greeting {
  const type = typeof data === 'object' && data !== null && 'type' in data && data.type;
  return type === 'serving' || type === 'welcome' || type === 'taken';
}

/** In the worker: answers every page that comes, and belongs to the first. */
export class Receptionist {
  #guest: string | undefined;
  #settle: (wasm: WasmSource | undefined) => void = () => {};
  /** Resolves once the page has said where the module is; with `undefined` if that is the worker's to know. */
  readonly wasm = new Promise<WasmSource | undefined>((resolve) => (this.#settle = resolve));

  answer({ from, bringsWasm }: Hello): Greeting {
    this.#guest ??= from;
    const isGuest = from === this.#guest;
    if (isGuest && !bringsWasm) this.#settle(undefined);
    return { type: isGuest ? 'welcome' : 'taken', to: from, protocol: protocolVersion };
  }

  equip({ from, wasm }: Equipment): void {
    if (from === this.#guest) this.#settle(wasm);
  }
}
