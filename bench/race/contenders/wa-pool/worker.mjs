import factory from '@journeyapps/wa-sqlite/dist/wa-sqlite.mjs';
import { AccessHandlePoolVFS } from '@journeyapps/wa-sqlite/src/examples/AccessHandlePoolVFS.js';
import { serve } from '../shared/serve.mjs';
import { openWa } from '../shared/wa.mjs';

serve(() => openWa(factory, (module) => AccessHandlePoolVFS.create('race', module)));
