// Tabs that a page opens; where a browser lets none be opened without a click, frames.

/** @returns {{ close: () => void, reload: () => void }} */
export function openWindow(/** @type {string} */ address) {
  const opened = window.open(address, '_blank');
  if (opened) return { close: () => opened.close(), reload: () => opened.location.reload() };
  const frame = document.createElement('iframe');
  frame.src = address;
  document.body.append(frame);
  return { close: () => frame.remove(), reload: () => frame.contentWindow?.location.reload() };
}
