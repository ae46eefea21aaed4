import { existsSync } from 'node:fs';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BuiltPage, Bundler, DevServer, Tag } from './build/bundler.js';
import { readFolder } from './build/read-folder.js';
import { setOf } from './build/tools.js';

/** What to make of folders. */
export interface FolderOptions {
  /**
   * Whether a new database may begin as an image of what the migrations make. Absent: if the folder has fifty files, for fewer
   * are applied as fast.
   */
  readonly image?: boolean | undefined;
  /**
   * Whether Vite writes a hint to preload the wasm module into pages that use the package at once: `false` where they start a
   * worker of their own, which loads it itself. Default: `true`.
   */
  readonly preload?: boolean | undefined;
}

/** A plugin for Vite, and for Rollup and Rolldown, which know but `resolveId` and `load`. */
export interface FolderPlugin {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(source: string, importer: string | undefined): string | null;
  load(this: Bundler, id: string): Promise<string | null>;
  configResolved(config: { readonly command: string; readonly base: string; readonly root: string }): void;
  configureServer(server: DevServer): void;
  readonly transformIndexHtml: {
    readonly order: 'post';
    handler(html: string, page: BuiltPage): Tag[];
  };
}

/** Of so many files an image is made. */
const manyFiles = 50;

/** Behind the path of a folder: its set, and the texts of its files. */
const kinds = ['?wheatear', '?wheatear-texts'] as const;
const [ofSet, ofTexts] = kinds;

/**
 * Makes a module of a folder of migrations, for `open`: with the digest of the set, so that a visit with nothing to do
 * neither downloads nor reads any SQL; with the files, for a database that lacks some; and, of many, with an image, as which
 * a new database begins, where the migrations depend on nothing but themselves. What is wrong with a file, the build says.
 *
 * ```ts
 * // vite.config.js
 * import { wheatear } from 'wheatear/vite';
 * export default { plugins: [wheatear()] };
 *
 * // in the application
 * import migrations from './migrations?wheatear';
 * const db = await open('weather', { migrations });
 * ```
 */
export function wheatear({ image, preload = true }: FolderOptions = {}): FolderPlugin {
  /** Vite's, of the application that is built or written. */
  let vite = { command: 'build', base: '/', root: '' };
  let server: DevServer | undefined;
  /** Those whose files the server looks after. */
  const watched = new Set<string>();

  /** Sees to it that the page is loaded anew when a file comes, goes, or is edited: also one that had a fault. */
  function watch({ watcher, moduleGraph, ws }: DevServer, folder: string): void {
    if (watched.has(folder)) return;
    watched.add(folder);
    watcher.add(folder);
    const onChange = (path: string) => {
      if (slashed(dirname(path)) !== folder) return;
      for (const kind of kinds) {
        const module = moduleGraph.getModuleById(folder + kind);
        if (module) moduleGraph.invalidateModule(module);
      }
      ws.send({ type: 'full-reload' });
    };
    for (const event of ['add', 'change', 'unlink']) watcher.on(event, onChange);
  }

  return {
    name: 'wheatear',
    // Else a file of the folder's name, or an index in it, would be found first.
    enforce: 'pre',
    configResolved(config) {
      vite = config;
    },
    configureServer(started) {
      server = started;
    },
    resolveId(source, importer = 'index.js') {
      const kind = kinds.find((kind) => source.endsWith(kind));
      if (kind === undefined) return null;
      const given = source.slice(0, -kind.length);
      // Vite takes what begins with a slash for a path in its root, if there is such a one.
      const rooted = join(vite.root, given);
      const isRooted = vite.root !== '' && given.startsWith('/') && existsSync(rooted);
      return slashed(isRooted ? rooted : resolve(dirname(importer.replace(/\?.*$/, '')), given)) + kind;
    },
    async load(id) {
      const [folder = '', kind] = id.split(/(?=\?)/);
      if (kind !== ofSet && kind !== ofTexts) return null;
      if (server) watch(server, folder);
      const files = await readFolder(folder).catch((error) => this.error(`${id}: ${error.message}`));
      if (!server) for (const name of Object.keys(files)) this.addWatchFile(`${folder}/${name}`);
      if (kind === ofTexts) return `export default ${JSON.stringify(files)};`;
      const isBuild = vite.command === 'build';
      const set = await setOf(files, isBuild && image !== false).catch((error) => this.error(error.message));
      const isImaged = image ?? Object.keys(files).length >= manyFiles;
      const parts = [
        `digest: ${JSON.stringify(set.digest)}`,
        `load: async () => (await import(${JSON.stringify(`./${basename(folder)}${ofTexts}`)})).default`,
      ];
      if (set.isFault) {
        this.warn(`The migrations of ${folder} could not be applied to a new database: ${set.reason}`);
      } else if (isImaged && set.image) {
        const file = { type: 'asset', name: `${basename(folder)}.image`, source: gzipSync(set.image) } as const;
        parts.push(`image: import.meta.ROLLUP_FILE_URL_${this.emitFile(file)}`);
      } else if (isImaged && set.reason) {
        this.info(
          `A new database applies all migrations of ${folder}, for there can be no image of them: ${set.reason}`,
        );
      }
      return `export default { ${parts.join(', ')} };`;
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_, page) => (preload ? preloading(page, vite.base) : []),
    },
  };
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

/** A hint for the wasm module of a page whose scripts name it: of those that the page loads at once. */
function preloading({ path, bundle = {}, chunk }: BuiltPage, base: string): Tag[] {
  const chunks = new Set(chunk && [chunk]);
  // A set may grow while it is gone through.
  for (const { imports } of chunks) {
    for (const name of imports) {
      const imported = bundle[name];
      if (imported?.type === 'chunk') chunks.add(imported);
    }
  }
  const modules = Object.keys(bundle).filter((name) => /\bwheatear_bg\b[^/]*\.wasm$/.test(name));
  const named = modules.filter((name) => [...chunks].some(({ code }) => code.includes(basename(name))));
  // Of two nobody knows which is used.
  if (named.length > 1) return [];
  // A base that is a path or an address ends in a slash; a relative one is that of the page.
  const to = (name: string) =>
    /^\.?\/?$/.test(base) && base !== '/' ? posix.relative(posix.dirname(path), `/${name}`) : base + name;
  return named.map((name) => ({
    tag: 'link',
    attrs: { rel: 'preload', as: 'fetch', type: 'application/wasm', crossorigin: true, href: to(name) },
    injectTo: 'head',
  }));
}
