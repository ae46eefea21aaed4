// A page that starts a worker and waits until it answers.

import { askFloor } from './floor.mjs';

window.result = askFloor().then(() => ({ page: performance.now() }));
