// What wasm-bindgen makes of the package's own module; scripts/package.mjs puts it there.
declare module '*/page/wheatear.js' {
  type Module = import('./module.js').WheatearModule;
  const load: Module['default'];
  export default load;
  export const setOfFiles: NonNullable<Module['setOfFiles']>;
  export const setOfSql: NonNullable<Module['setOfSql']>;
  export const defineFunctions: Module['defineFunctions'];
  export const blockSize: Module['blockSize'];
  export const Connection: Module['Connection'];
  export const importMirror: Module['importMirror'];
  export const importOpfs: Module['importOpfs'];
  export const exportOpfs: Module['exportOpfs'];
}
