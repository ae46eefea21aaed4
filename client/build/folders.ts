import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BundlerError, type DevServer, slashed } from './bundler.js';
import { type CheckedFolder, type Checking, checkFolder, wordsOf } from './checked-folder.js';
import { Lints } from './lints.js';

/**
 * Milliseconds for which the watcher of Vite (chokidar 3) says nothing more of a file that it has told of. What is read only
 * then is neither half written nor missed.
 */
const watcherSilence = 60;

/** How folders are checked, and the application's own. */
export interface FoldersOptions extends Checking {
  /** The folder whose types are written, and whose schema queries are for. */
  readonly own?: string | undefined;
  /** Ids of lints that say nothing. */
  readonly off: readonly string[];
}

/** The folders of an application, by path: each is checked once, and anew when a file of it has changed. */
export class Folders {
  readonly #options: FoldersOptions;
  readonly #checks = new Map<string, Promise<CheckedFolder>>();
  /** What pages and terminal were told last. */
  readonly #shown = new Map<string, CheckedFolder>();
  /** Those whose files the server looks after. */
  readonly #watched = new Set<string>();
  readonly #lints = new Map<string, Lints>();
  /** What was said of each that only a page can tell. */
  readonly #told = new Map<string, string | undefined>();

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

  /**
   * What is dangerous in a folder, or only a page can tell, as far as it was not said before. It takes a while, beside
   * whatever else is done.
   *
   * @throws {Error} there is no such lint
   */
  async warnings(folder: string): Promise<readonly string[]> {
    const { error, texts, warning } = await this.check(folder);
    if (error) return [];
    const lints = this.#lints.get(folder) ?? new Lints(this.#options.off);
    this.#lints.set(folder, lints);
    const isNew = warning !== undefined && warning !== this.#told.get(folder);
    this.#told.set(folder, warning);
    return [...(isNew ? [warning] : []), ...(await lints.of(texts))];
  }

  /** Ends what is under way. */
  end(): void {
    for (const lints of this.#lints.values()) lints.end();
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
    void this.#show(server, folder);
  }

  /** Says in the terminal what is wrong with a folder, and over the pages; and what is dangerous, once that is known. */
  async #show(server: DevServer, folder: string): Promise<CheckedFolder> {
    const checked = await this.check(folder);
    this.#shown.set(folder, checked);
    const { logger } = server.config;
    const { error } = checked;
    if (error) {
      logger.error(`[wheatear] ${textOf(error)}`, { timestamp: true });
      server.ws.send({ type: 'error', err: { ...error, stack: '', plugin: 'wheatear' } });
    }
    const warn = (warning: string) => logger.warn(`[wheatear] ${warning}`, { timestamp: true });
    this.warnings(folder).then(
      (warnings) => warnings.forEach(warn),
      (error) => warn(wordsOf(error)),
    );
    return checked;
  }

  async #onChange(server: DevServer, folder: string, kind: string): Promise<void> {
    const checking = pause(watcherSilence).then(() => this.#start(folder));
    this.#checks.set(folder, checking);
    await checking;
    // Else another change has come meanwhile, which will show what there is.
    if (this.#checks.get(folder) !== checking) return;
    // Not what was found last: a file that is written in two steps is looked at twice, and of the first nobody heard.
    const before = this.#shown.get(folder);
    const { error, files } = await this.#show(server, folder);
    const module = server.moduleGraph.getModuleById(folder + kind);
    if (module) server.moduleGraph.invalidateModule(module);
    if (error) return;
    if (before?.error) server.ws.send({ type: 'full-reload' });
    else if (module && JSON.stringify(before?.files) !== JSON.stringify(files)) await server.reloadModule(module);
  }

  #start(folder: string): Promise<CheckedFolder> {
    const { own, root, types, kysely, queries } = this.#options;
    return checkFolder(folder, { root, ...(folder === own && { types, kysely, queries }) });
  }
}

function textOf({ message, frame }: BundlerError): string {
  return frame ? `${message}\n${frame}` : message;
}
