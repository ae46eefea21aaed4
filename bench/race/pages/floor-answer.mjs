// Answers once it has made an instance of the module it is sent, if it is sent one. Nothing is called in it.

addEventListener('message', async ({ data }) => {
  if (data) await WebAssembly.instantiate(data, importsOf(data));
  postMessage('here');
});

/** Something for each import, for there is no instance without. */
function importsOf(/** @type {WebAssembly.Module} */ module) {
  /** @type {Record<string, Record<string, WebAssembly.ImportValue>>} */
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function') throw new Error(`the module imports the ${kind} ${name}`);
    imports[from] = { ...imports[from], [name]: () => {} };
  }
  return imports;
}
