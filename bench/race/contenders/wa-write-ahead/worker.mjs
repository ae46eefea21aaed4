import factory from '@journeyapps/wa-sqlite/dist/wa-sqlite.mjs';
import { OPFSWriteAheadVFS } from '@journeyapps/wa-sqlite/src/examples/OPFSWriteAheadVFS.js';
import { serve } from '../shared/serve.mjs';
import { openWa } from '../shared/wa.mjs';

serve(() => openWa(factory, (module) => OPFSWriteAheadVFS.create('race', module)));
