// What the plugin needs of Vite, Rollup and Rolldown, so that it depends on the types of none.

/** What is wrong with a file, as they all show it. */
export interface BundlerError {
  readonly message: string;
  /** Path of the file. */
  readonly id?: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
  readonly frame?: string;
}

/** What a hook is called on. */
export interface Bundler {
  addWatchFile(path: string): void;
  /** @returns what stands for its address in the code */
  emitFile(file: { readonly type: 'asset'; readonly name: string; readonly source: Uint8Array }): string;
  info(message: string): void;
  warn(message: string): void;
  error(error: string | BundlerError): never;
}

/** Vite's server, while an application is written. */
export interface DevServer {
  readonly config: {
    readonly logger: {
      warn(message: string, options?: { readonly timestamp: boolean }): void;
      error(message: string, options?: { readonly timestamp: boolean }): void;
    };
  };
  readonly watcher: {
    add(folder: string): unknown;
    on(event: string, listener: (path: string) => void): unknown;
  };
  readonly moduleGraph: {
    getModuleById(id: string): object | undefined;
    invalidateModule(module: object): void;
  };
  /** As if its file had been edited: what accepts that is replaced, or the page loaded anew. */
  reloadModule(module: object): Promise<void>;
  readonly ws: { send(message: HotMessage): void };
}

/** What the server says to the open pages. */
export type HotMessage =
  | { readonly type: 'full-reload' }
  | { readonly type: 'error'; readonly err: BundlerError & { readonly stack: string; readonly plugin: string } };

/** The page that is built, and what belongs to it. */
export interface BuiltPage {
  /** Where it will be, from the root of the site. */
  readonly path: string;
  /** Absent while the application is written. */
  readonly bundle?: Bundle | undefined;
  /** The script of the page. */
  readonly chunk?: BundledChunk | undefined;
}

/** What was built, by file name. */
export type Bundle = Readonly<Record<string, BundledChunk | { readonly type: 'asset' }>>;

export interface BundledChunk {
  readonly type: 'chunk';
  readonly code: string;
  /** Names of the chunks that are loaded with it. */
  readonly imports: readonly string[];
}

/** An element for the page. */
export interface Tag {
  readonly tag: string;
  readonly attrs: Readonly<Record<string, string | boolean>>;
  readonly injectTo: 'head';
}

/** A path as they have it on every system. */
export function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
