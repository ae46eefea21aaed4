import * as module from 'wheatear/module';
import { serve } from 'wheatear/worker';

let memory;
serve({
  ...module,
  async default(from) {
    const exports = await module.default(from);
    ({ memory } = exports);
    return exports;
  },
});

const channel = new BroadcastChannel('memory');
channel.onmessage = () => channel.postMessage(memory.buffer.byteLength);
