const waiting: (() => void)[] = [];
let end: MessagePort | undefined;

/**
 * Of Node.js and Bun, where a channel that is listened to keeps the process alive. Taken before a test can put mock timers in
 * its place.
 */
const { setImmediate } = globalThis as { setImmediate?: (done: () => void) => void };

/** Resolves in a task of its own, behind all that have come already. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate) return setImmediate(resolve);
    waiting.push(resolve);
    end ??= otherEnd();
    end.postMessage(undefined);
  });
}

function otherEnd(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return port2;
}
