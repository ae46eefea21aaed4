import { basename, dirname, posix, resolve } from 'node:path';
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
}

/** A plugin for Vite, and for Rollup and Rolldown, which know but its first three hooks. */
export interface FolderPlugin {
  readonly name: string;
  resolveId(source: string, importer: string | undefined): string | null;
  load(this: Bundler, id: string): Promise<string | null>;
  configResolved(config: { readonly command: string; readonly base: string }): void;
  configureServer(server: DevServer): void;
  readonly transformIndexHtml: {
    readonly order: 'post';
    handler(html: string, page: BuiltPage): Tag[];
  };
}

/** Of so many files an image is made. */
const manyFiles = 50;

/** Behind the path of a folder: its set, and the texts of its files. */
const [ofSet, ofTexts] = ['?wheatear', '?wheatear-texts'];

/**
 * Makes a module of a folder of migrations, for `open`: with the digest of the set, so that a visit with nothing to do
 * neither downloads nor reads any SQL; with the files, for a database that lacks some; and with an image, as which a new
 * database begins, where the migrations depend on nothing but themselves. What is wrong with a file, the build says. In
 * pages that use the package at once, Vite also writes a hint to preload its wasm module.
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
export function wheatear({ image }: FolderOptions = {}): FolderPlugin {
  /** Those that were asked for. */
  const folders = new Set<string>();
  let isBuild = true;
  let base = '/';
  return {
    name: 'wheatear',
    configResolved(config) {
      isBuild = config.command === 'build';
      base = config.base;
    },
    resolveId(source, importer) {
      if (source.endsWith(ofTexts)) return source;
      if (!source.endsWith(ofSet)) return null;
      const from = importer === undefined ? '.' : dirname(importer.replace(/\?.*$/, ''));
      return slashed(resolve(from, source.slice(0, -ofSet.length))) + ofSet;
    },
    async load(id) {
      const [folder = '', kind] = id.split(/(?=\?)/);
      if (kind !== ofSet && kind !== ofTexts) return null;
      folders.add(folder);
      const files = await readFolder(folder).catch((error) => this.error(String(error.message)));
      for (const name of Object.keys(files)) this.addWatchFile(`${folder}/${name}`);
      if (kind === ofTexts) return `export default ${JSON.stringify(files)};`;
      const isImaged = isBuild && (image ?? Object.keys(files).length >= manyFiles);
      const set = await setOf(files, isImaged).catch((error) => this.error(error.message));
      const parts = [
        `digest: ${JSON.stringify(set.digest)}`,
        `load: async () => (await import(${JSON.stringify(folder + ofTexts)})).default`,
      ];
      if (set.image) {
        const file = { type: 'asset', name: `${basename(folder)}.image`, source: gzipSync(set.image) } as const;
        parts.push(`image: import.meta.ROLLUP_FILE_URL_${this.emitFile(file)}`);
      } else if (isImaged) {
        this.info(
          `A new database applies all migrations of ${folder}, for there can be no image of them: ${set.reason}`,
        );
      }
      return `export default { ${parts.join(', ')} };`;
    },
    configureServer({ watcher, moduleGraph, ws }) {
      const onChange = (path: string) => {
        const folder = slashed(dirname(path));
        if (!folders.has(folder)) return;
        for (const kind of [ofSet, ofTexts]) {
          const module = moduleGraph.getModuleById(folder + kind);
          if (module) moduleGraph.invalidateModule(module);
        }
        ws.send({ type: 'full-reload' });
      };
      // A file that is edited is one that the module has, of which Vite itself sees to it.
      for (const event of ['add', 'unlink']) watcher.on(event, onChange);
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_, page) => preloading(page, base),
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
  // A base that is a path or an address ends in a slash; a relative one is that of the page.
  const to = (name: string) =>
    /^\.?\/?$/.test(base) && base !== '/' ? posix.relative(posix.dirname(path), `/${name}`) : base + name;
  return named.map((name) => ({
    tag: 'link',
    attrs: { rel: 'preload', as: 'fetch', type: 'application/wasm', crossorigin: true, href: to(name) },
    injectTo: 'head',
  }));
}
