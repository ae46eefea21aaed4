// What examples of the documentation may use without saying where it comes from: the application around them. What of the
// package a snippet uses and does not import (`open`, `sql`) snippets.test.mjs imports for it.

declare const db: import('wheatear').Database;
declare const migrations: import('wheatear').Migrations;

// What an application with a query builder has made of it.
declare const kysely: import('kysely').Kysely<{
  weather_node: { node_addr: number; temp_c: number | null };
  node: { id: import('kysely').Generated<number>; addr: number };
}>;
declare const weatherNode: typeof import('./drizzle-schema.js').weatherNode;
declare const orm: import('wheatear/drizzle').WheatearDatabase<typeof import('./drizzle-schema.js')>;

declare function showBanner(text: string): void;
declare function saveDraft(deadlineMs: number): Promise<void>;
declare function offerDownload(file: Blob): void;
declare function fileOfTheOtherLibrary(): Promise<Blob>;
declare const input: HTMLInputElement;

declare module '*/database' {
  export interface Database {
    weather_node: { node_addr: number; temp_c: number | null };
  }
}

declare module '*/schema' {
  export const weatherNode: typeof import('./drizzle-schema.js').weatherNode;
}

declare module '*.sql' {
  const text: string;
  export default text;
}

declare module '*/node_modules/wheatear/index.js' {
  export * from 'wheatear';
}

declare module '*/weather' {
  export function Weather(): import('react').ReactElement;
}

declare module '*/migrations' {
  export const migrations: Record<string, string>;
}

declare module '*/migrations.js' {
  const migrations: import('wheatear').Migrations;
  export default migrations;
}

// As wasm-bindgen makes it.
declare module '*/pkg/weather.js' {
  type Module = import('wheatear/worker').WheatearModule;
  const init: Module['default'];
  export default init;
  export const migrations: NonNullable<Module['migrations']>;
  export const Connection: Module['Connection'];
  export const blockSize: Module['blockSize'];
  export const importMirror: Module['importMirror'];
  export const importOpfs: Module['importOpfs'];
  export const exportOpfs: Module['exportOpfs'];
  export const defineFunctions: Module['defineFunctions'];
}

// As much of the libraries that applications come from as examples use; tests/frameworks runs those with the real ones.
declare module 'dexie' {
  interface Collection<Row> {
    modify(change: (row: Row) => void): Promise<number>;
  }
  interface Transaction {
    table<Row>(name: string): { toCollection(): Collection<Row> };
  }
  interface Version {
    stores(schema: Record<string, string | null>): Version;
    upgrade(work: (transaction: Transaction) => Promise<void>): Version;
  }
  export default class Dexie {
    constructor(name: string);
    static exists(name: string): Promise<boolean>;
    readonly name: string;
    version(number: number): Version;
    table<Row>(name: string): { toArray(): Promise<Row[]> };
    close(): void;
  }
}
declare module '@electric-sql/pglite' {
  export class PGlite {
    constructor(address: string);
    query<Row>(sql: string): Promise<{ rows: Row[] }>;
    close(): Promise<void>;
  }
}
declare module '*/move-from-dexie' {
  export function moveFromDexie(db: import('wheatear').Database): Promise<void>;
}
declare module '*/move-from-pglite' {
  export function moveFromPGlite(
    pg: import('@electric-sql/pglite').PGlite,
    db: import('wheatear').Database,
  ): Promise<void>;
}

// As much of other frameworks as examples use; tests/frameworks runs those with the real ones.
declare module 'vue' {
  export function shallowRef<Value>(value: Value): { value: Value };
  export function watchEffect(effect: (onCleanup: (cleanup: () => void) => void) => void): void;
}
declare module 'svelte/store' {
  export function readable<Value>(value: Value, start: (set: (value: Value) => void) => () => void): object;
}
declare module '@angular/core' {
  export class DestroyRef {
    onDestroy(callback: () => void): void;
  }
  export function inject<Token>(token: new () => Token): Token;
  export function signal<Value>(value: Value): { set(value: Value): void; asReadonly(): () => Value };
}
declare module 'solid-js' {
  export function createEffect(effect: () => void): void;
  export function createSignal<Value>(value: Value): [() => Value, (set: () => Value) => void];
  export function onCleanup(cleanup: () => void): void;
}

// Of browsers, which TypeScript's own types do not have yet.
declare const trustedTypes: {
  createPolicy(name: string, rules: { createScriptURL(address: string): string | null }): void;
};
