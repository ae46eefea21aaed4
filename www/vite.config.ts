import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: path('.'),
  // Relative addresses, so that the built page works in any folder of any host.
  base: './',
  resolve: {
    alias: [
      { find: /^wheatear$/, replacement: path('../dist/package/index.js') },
      { find: /^wheatear\/worker$/, replacement: path('../dist/package/worker.js') },
      { find: /^wheatear\/ui$/, replacement: path('../dist/package/ui.js') },
      // The package's export map names only its code, not the data it ships.
      { find: /^vega-datasets\/data/, replacement: path('../node_modules/vega-datasets/data') },
    ],
  },
  worker: { format: 'es' },
  server: { fs: { allow: [path('..')] } },
  build: {
    outDir: path('../dist/demo'),
    emptyOutDir: true,
    target: 'es2022',
    // An inlined asset is a `data:` address, which a strict content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
