import { openPglite } from '../shared/pglite.mjs';

const start = () => new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });

export const open = () => openPglite(start(), 'idb://race');
