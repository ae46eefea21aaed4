// `node scripts/modules.mjs full tools`: builds wasm modules of the npm package, one after the other, each with its bindings.

import { join } from 'node:path';
import { fail, root } from './tools.mjs';
import { buildPackageModule, buildToolsModule, packageModules, shrinkWasm } from './wasm.mjs';

/** @type {Record<string, () => void>} */
const modules = { full: () => buildPage('full'), lean: () => buildPage('lean'), tools: buildToolsModule };

for (const name of process.argv.slice(2)) {
  (modules[name] ?? (() => fail(`modules: there is no ${name}; there are: ${Object.keys(modules).join(', ')}`)))();
}

/** One that pages load. */
function buildPage(/** @type {'full' | 'lean'} */ name) {
  buildPackageModule(name);
  shrinkWasm('wheatear', join(root, packageModules[name].folder));
}
