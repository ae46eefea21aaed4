// Opens a tab when it is told to, and closes it; where no tab can be opened without a click, a frame.

/** @type {{ close: () => void } | undefined} */
let tab;

for (;;) {
  const { visit } = await (await fetch('/kill/next', { method: 'POST', body: location.search })).json();
  tab?.close();
  tab = visit ? openTab(visit) : undefined;
}

function openTab(/** @type {string} */ address) {
  const opened = window.open(address, '_blank');
  if (opened) return opened;
  const frame = document.createElement('iframe');
  frame.src = address;
  document.body.append(frame);
  return { close: () => frame.remove() };
}
