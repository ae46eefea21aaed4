import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuiltPage, type Bundler, type DevServer, slashed, type Tag } from './build/bundler.js';
import { Folders } from './build/folders.js';
import { installed } from './build/installed.js';
import { preloading } from './build/preloading.js';
import { QueryFiles } from './build/query-files.js';
import { tools } from './build/tools.js';

/** What to make of folders. */
export interface FolderOptions {
  /**
   * The application's folder of migrations, from Vite's `root`: the module `virtual:wheatear/migrations` is made of it. It is
   * checked when Vite starts, and whenever a file of it changes.
   */
  readonly folder?: string | undefined;
  /** File that gets TypeScript types of the rows of every table and view, and of queries, such as `src/database.ts`. */
  readonly types?: string | undefined;
  /** Whether those of rows are for Kysely: an interface `Database` of tables. Default: `false`. */
  readonly kysely?: boolean | undefined;
  /**
   * Files of the application whose named queries are checked against the schema, such as `['src/db/*.ts', 'src/queries.sql']`:
   * templates as ``db.sql.latest`…` ``, and statements behind `-- name: latest`. `**` stands for any folders.
   */
  readonly queries?: readonly string[] | undefined;
  /** Ids of lints whose findings are not told. */
  readonly off?: readonly string[] | undefined;
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

/** A plugin for Vite, and for Rollup and Rolldown, which know but `buildStart`, `resolveId`, `load` and `buildEnd`. */
export interface FolderPlugin {
  readonly name: string;
  readonly enforce: 'pre';
  config(application: { readonly root?: string | undefined }): {
    readonly optimizeDeps: { readonly exclude: string[]; readonly include: string[] };
  };
  configResolved(config: { readonly command: string; readonly base: string; readonly root: string }): void;
  configureServer(server: DevServer): void;
  buildStart(this: Bundler): Promise<void>;
  resolveId(this: Bundler, source: string, importer: string | undefined): string | null;
  load(this: Bundler, id: string): Promise<string | null>;
  handleHotUpdate(update: { readonly file: string }): Promise<[] | undefined>;
  buildEnd(this: Bundler, error?: Error): Promise<void>;
  readonly transformIndexHtml: {
    readonly order: 'post';
    handler(html: string, page: BuiltPage): Tag[];
  };
}

/** Of so many files an image is made. */
const manyFiles = 50;

/** What adapters import and applications do not: Vite would serve it unbundled, beside what it has bundled of the same package. */
const ofAdapters = ['drizzle-orm/sqlite-proxy'];

/** The module of the application's folder. */
const virtual = 'virtual:wheatear/migrations';

/** Behind the path of a folder: its set, and the texts of its files. */
const kinds = ['?wheatear', '?wheatear-texts'] as const;
const [ofSet, ofTexts] = kinds;

/**
 * Makes a module of a folder of migrations, for `open`: with the digest of the set, so that a visit with nothing to do
 * neither downloads nor reads any SQL; with the files, for a database that lacks some; and, of many, with an image, as which
 * a new database begins, where the migrations depend on nothing but themselves. What cannot be applied is not built, and
 * is shown over the page while you write, with file, line and SQL.
 *
 * ```ts
 * // vite.config.js
 * import { wheatear } from 'wheatear/vite';
 * export default { plugins: [wheatear({ folder: 'migrations' })] };
 *
 * // in the application
 * import migrations from 'virtual:wheatear/migrations';
 * const db = await open('weather', { migrations });
 * ```
 *
 * Any other folder is a module, too: `import migrations from './migrations?wheatear'`.
 */
export function wheatear(options: FolderOptions = {}): FolderPlugin {
  const { folder, types, kysely, queries, off = [], image, preload = true } = options;
  if (folder === undefined && (types ?? queries) !== undefined) {
    throw new TypeError('wheatear() has types or queries, and no folder whose schema they are for');
  }
  /** Vite's, of the application that is built or written. */
  let vite = { command: 'build', base: '/', root: '' };
  let server: DevServer | undefined;
  let folders = new Folders({ root: process.cwd(), off });
  let own: string | undefined;
  /** Those of which something is built. */
  const used = new Set<string>();

  /** That of the option, and of what is written for it: where is known when Vite has its root. */
  function setRoot(root: string) {
    own = folder === undefined ? undefined : slashed(resolve(root, folder));
    const file = types && slashed(resolve(root, types));
    const except = [file, own && `${own}/`].filter((path) => path !== undefined);
    const scripts = queries && new QueryFiles(root, queries, except);
    folders = new Folders({ root, off, own, types: file, kysely, queries: scripts });
  }
  setRoot(process.cwd());

  return {
    name: 'wheatear',
    // Else a file of the folder's name, or an index in it, would be found first.
    enforce: 'pre',
    // What Vite finds late and bundles anew, it loads the page anew for: maybe in the midst of an upgrade.
    config: ({ root = process.cwd() }) => ({
      optimizeDeps: { exclude: ['wheatear'], include: installed(root, ofAdapters) },
    }),
    configResolved(config) {
      vite = config;
      setRoot(config.root);
    },
    configureServer(started) {
      server = started;
      if (own !== undefined) folders.watch(started, own, ofSet);
    },
    async buildStart() {
      if (server) return;
      folders.forget();
      used.clear();
      if (own === undefined) return;
      const { error } = await folders.check(own);
      if (error) this.error(error);
      used.add(own);
    },
    resolveId(source, importer = 'index.js') {
      if (source === virtual) {
        return own === undefined ? this.error(`${virtual} needs wheatear({ folder: 'migrations' })`) : own + ofSet;
      }
      const kind = kinds.find((kind) => source.endsWith(kind));
      if (kind === undefined) return null;
      // Vite's address for what lies outside of its root.
      const given = source.slice(0, -kind.length).replace(/^\/@fs\/*(?=\/|\w:)/, '');
      // It takes what begins with a slash for a path in its root, if there is such a one.
      const rooted = join(vite.root, given);
      const isRooted = vite.root !== '' && given.startsWith('/') && existsSync(rooted);
      return slashed(isRooted ? rooted : resolve(dirname(importer.replace(/\?.*$/, '')), given)) + kind;
    },
    async load(id) {
      const [folder = '', kind] = id.split(/(?=\?)/);
      if (kind !== ofSet && kind !== ofTexts) return null;
      if (server) folders.watch(server, folder, ofSet);
      const { files, digest, error } = await folders.check(folder);
      if (!server) for (const name of Object.keys(files)) this.addWatchFile(`${folder}/${name}`);
      if (error) this.error(error);
      used.add(folder);
      const texts = JSON.stringify(files);
      if (kind === ofTexts) return `export default ${texts};`;
      const parts = [`digest: ${JSON.stringify(digest)}`];
      if (vite.command !== 'build') {
        // Not as a module of its own: a page that goes on would not load that anew.
        return `export default { ${parts}, load: () => (${texts}), develop: true };`;
      }
      parts.push(`load: async () => (await import(${JSON.stringify(`./${basename(folder)}${ofTexts}`)})).default`);
      if (image ?? Object.keys(files).length >= manyFiles) {
        const made = (await tools()).imageOfFiles(Object.keys(files), Object.values(files));
        if (made.image) {
          const file = { type: 'asset', name: `${basename(folder)}.image`, source: gzipSync(made.image) } as const;
          parts.push(`image: import.meta.ROLLUP_FILE_URL_${this.emitFile(file)}`);
        } else if (made.reason) {
          this.info(
            `A new database applies all migrations of ${folder}, for there can be no image of them: ${made.reason}`,
          );
        }
      }
      return `export default { ${parts.join(', ')} };`;
    },
    async buildEnd(error) {
      const warnings = server || error ? [] : await Promise.all([...used].map((path) => folders.warnings(path)));
      for (const warning of warnings.flat()) this.warn(warning);
      folders.end();
    },
    async handleHotUpdate({ file }) {
      // Nothing replaces a query by one with a fault; and what Vite replaces takes the fault from the page.
      if (own === undefined || !folders.haveQueries(file)) return undefined;
      return (await folders.check(own)).error ? [] : undefined;
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_, page) => (preload ? preloading(page, vite.base) : []),
    },
  };
}
