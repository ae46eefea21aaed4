// The worker of any release of an application: its migrations come with the address.
import { serve } from '/package/worker.js';
import * as module from '/releases/releases.js';

// Of the worker, which may import this one.
const address = new URL(location.href);
const files = [...address.searchParams];
const migrations = () =>
  module.release(
    files.map(([path]) => path),
    files.map(([, text]) => text),
    address.hash === '#tried-out',
  );
serve({ ...module, migrations });
