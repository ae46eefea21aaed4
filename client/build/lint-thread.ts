// What a thread of Node.js does beside the bundler: it looks for dangers in migrations, which takes a while.

import { parentPort, workerData } from 'node:worker_threads';
import { wordsOf } from './checked-folder.js';
import type { LintWork } from './lints.js';
import { tools } from './tools.js';

const { paths, texts, off, changed } = workerData as LintWork;
const { lintsOfFiles } = await tools();
try {
  parentPort?.postMessage(lintsOfFiles(paths, texts, off, changed));
} catch (error) {
  // Bundlers show errors only.
  throw new Error(wordsOf(error));
}
