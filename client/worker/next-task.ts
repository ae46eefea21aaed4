const waiting: (() => void)[] = [];
let end: MessagePort | undefined;

/** Resolves in a task of its own, behind all that have come already. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    end ??= otherEnd();
    end.postMessage(undefined);
  });
}

/** Not made before it is needed: in Node.js a channel that is listened to keeps the process alive. */
function otherEnd(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return port2;
}
