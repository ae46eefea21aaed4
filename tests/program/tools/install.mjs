// The tools' packages, in a folder of their own.

import { join } from 'node:path';
import { packagesInstalled } from '../../../scripts/npm-packages.mjs';
import { root } from '../../../scripts/tools.mjs';

/** Where they are. */
export const folder = join(root, 'tests', 'program', 'tools');

/** Installs them. */
export const toolsInstalled = () => packagesInstalled(folder);
