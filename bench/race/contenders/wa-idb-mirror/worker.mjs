import factory from '@journeyapps/wa-sqlite/dist/wa-sqlite-async.mjs';
import { IDBMirrorVFS } from '@journeyapps/wa-sqlite/src/examples/IDBMirrorVFS.js';
import { serve } from '../shared/serve.mjs';
import { openWa } from '../shared/wa.mjs';

serve(() => openWa(factory, (module) => IDBMirrorVFS.create('race', module)));
