import { basename, posix } from 'node:path';
import type { BuiltPage, Tag } from './bundler.js';

/** A hint for the wasm module of a page whose scripts name it: of those that the page loads at once. */
export function preloading({ path, bundle = {}, chunk }: BuiltPage, base: string): Tag[] {
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
