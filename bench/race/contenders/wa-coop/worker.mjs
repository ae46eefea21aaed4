import factory from '@journeyapps/wa-sqlite/dist/wa-sqlite.mjs';
import { OPFSCoopSyncVFS } from '@journeyapps/wa-sqlite/src/examples/OPFSCoopSyncVFS.js';
import { serve } from '../shared/serve.mjs';
import { openWa } from '../shared/wa.mjs';

serve(() => openWa(factory, (module) => OPFSCoopSyncVFS.create('race', module)));
