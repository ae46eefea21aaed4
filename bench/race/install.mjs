// The contenders' packages, in a folder of their own.

import { join } from 'node:path';
import { packagesInstalled } from '../../scripts/npm-packages.mjs';
import { root } from '../../scripts/tools.mjs';

/** Installs them. */
export const contendersInstalled = () => packagesInstalled(join(root, 'bench', 'race', 'contenders'));
