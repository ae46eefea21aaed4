import { dirname } from 'node:path';
import { type BundlerError, type DevServer, slashed } from './bundler.js';
import { type CheckedFolder, type Checking, checkFolder } from './checked-folder.js';

/** How folders are checked, and the application's own. */
export interface FoldersOptions extends Checking {
  /** The folder whose types are written, and whose schema queries are for. */
  readonly own?: string | undefined;
}

/** The folders of an application, by path: each is checked once, and anew when a file of it has changed. */
export class Folders {
  readonly #options: FoldersOptions;
  readonly #checks = new Map<string, Promise<CheckedFolder>>();
  /** What came of those that have ended. */
  readonly #known = new Map<string, CheckedFolder>();
  /** Those whose files the server looks after. */
  readonly #watched = new Set<string>();
  readonly #told = new Map<string, readonly string[]>();

  constructor(options: FoldersOptions) {
    this.#options = options;
  }

  check(folder: string): Promise<CheckedFolder> {
    const checking = this.#checks.get(folder) ?? this.#start(folder);
    this.#checks.set(folder, checking);
    return checking;
  }

  /** Whether a file has queries for the schema of the application's own. */
  haveQueries(path: string): boolean {
    return this.#options.queries?.has(slashed(path)) ?? false;
  }

  /** Looks at all of them anew. */
  forget(): void {
    this.#checks.clear();
  }

  /** Tells of a folder what was not told when it was asked for last. */
  tell(folder: string, warnings: readonly string[], tell: (warning: string) => void): void {
    const told = this.#told.get(folder) ?? [];
    for (const warning of warnings) if (!told.includes(warning)) tell(warning);
    this.#told.set(folder, warnings);
  }

  /** Sees to it that open pages learn of a file that comes, goes, or is edited: also one that had a fault. */
  watch(server: DevServer, folder: string, kind: string): void {
    if (this.#watched.has(folder)) return;
    this.#watched.add(folder);
    server.watcher.add(folder);
    const isOfFolder = (path: string) =>
      (slashed(dirname(path)) === folder && path.endsWith('.sql')) ||
      (folder === this.#options.own && this.haveQueries(path));
    const onChange = (path: string) => {
      if (isOfFolder(path)) void this.#onChange(server, folder, kind);
    };
    for (const event of ['add', 'change', 'unlink']) server.watcher.on(event, onChange);
  }

  /** Says in the terminal what is wrong with a folder or dangerous, and over the pages what is wrong. */
  async show(server: DevServer, folder: string): Promise<CheckedFolder> {
    const checked = await this.check(folder);
    const { logger } = server.config;
    this.tell(folder, checked.warnings, (warning) => logger.warn(`[wheatear] ${warning}`, { timestamp: true }));
    const { error } = checked;
    if (error) {
      logger.error(`[wheatear] ${textOf(error)}`, { timestamp: true });
      server.ws.send({ type: 'error', err: { ...error, stack: '', plugin: 'wheatear' } });
    }
    return checked;
  }

  async #onChange(server: DevServer, folder: string, kind: string): Promise<void> {
    const before = this.#known.get(folder);
    this.#checks.delete(folder);
    const checking = this.check(folder);
    await checking;
    // Else another change has come meanwhile, which will show what there is.
    if (this.#checks.get(folder) !== checking) return;
    const { error, files } = await this.show(server, folder);
    const module = server.moduleGraph.getModuleById(folder + kind);
    if (module) server.moduleGraph.invalidateModule(module);
    if (error) return;
    if (before?.error) server.ws.send({ type: 'full-reload' });
    else if (module && JSON.stringify(before?.files) !== JSON.stringify(files)) await server.reloadModule(module);
  }

  async #start(folder: string): Promise<CheckedFolder> {
    const { own, root, off, ...others } = this.#options;
    const checked = await checkFolder(folder, { root, off, ...(folder === own && others) });
    this.#known.set(folder, checked);
    return checked;
  }
}

function textOf({ message, frame }: BundlerError): string {
  return frame ? `${message}\n${frame}` : message;
}
