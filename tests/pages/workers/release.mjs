// The worker of any release of an application: its migrations come with the address.

import * as module from '/module/wheatear.js';
import { serve } from '/package/worker.js';

// Of the worker, which may import this one.
const address = new URL(location.href);
const files = [...address.searchParams];
const migrations = () =>
  module.setOfFiles(
    files.map(([path]) => path),
    files.map(([, text]) => text),
    address.hash === '#tried-out',
  );
serve({ ...module, migrations });
