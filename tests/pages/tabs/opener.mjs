// Opens, closes and reloads tabs by their numbers, as the site tells it.

import { openWindow } from '../windows.mjs';

/** @type {Map<number, ReturnType<typeof openWindow>>} */
const tabs = new Map();

for (;;) {
  const command = await (await fetch('/tabs/next', { method: 'POST', body: location.search })).json();
  const tab = tabs.get(command.tab);
  if (command.type === 'open') tabs.set(command.tab, openWindow(command.address));
  else if (command.type === 'reload') tab?.reload();
  else tab?.close();
}
