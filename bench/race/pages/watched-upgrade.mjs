// The same, while the page's own thread is watched. Apart from the one that is timed, because watching takes time, too.

import { open } from 'race:contender';

window.result = measure();

async function measure() {
  let isOpen = false;
  const opening = open().finally(() => {
    isOpen = true;
  });
  const gaps = [];
  while (!isOpen) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve));
    gaps.push(performance.now() - start);
  }
  await opening;
  const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
  // What is above the usual wait for a timer, which is 4 ms, has kept the thread.
  return { 'longest task': Math.max(...gaps) - usual };
}
