// Opens a tab when it is told to, and closes it.

import { openWindow } from '../windows.mjs';

/** @type {{ close: () => void } | undefined} */
let tab;

for (;;) {
  const { visit } = await (await fetch('/kill/next', { method: 'POST', body: location.search })).json();
  tab?.close();
  tab = visit ? openWindow(visit) : undefined;
}
