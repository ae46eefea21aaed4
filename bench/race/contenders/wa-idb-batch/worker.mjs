import factory from '@journeyapps/wa-sqlite/dist/wa-sqlite-async.mjs';
import { IDBBatchAtomicVFS } from '@journeyapps/wa-sqlite/src/examples/IDBBatchAtomicVFS.js';
import { serve } from '../shared/serve.mjs';
import { openWa } from '../shared/wa.mjs';

serve(() => openWa(factory, (module) => IDBBatchAtomicVFS.create('race', module)));
