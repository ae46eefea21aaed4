// What a test hears on the channels of tabs.

/** Resolves when the owner says that it is busy for long. */
export function busyWith(/** @type {string} */ name) {
  const lobby = new BroadcastChannel(`wheatear/1/lobby/${name}`);
  return new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    lobby.onmessage = ({ data }) => {
      if (data.type !== 'alive' || !data.work) return;
      lobby.close();
      resolve();
    };
  });
}

/** Resolves when a message has gone to another end of a channel. */
export function tripToOtherTab() {
  const [here, there] = [new BroadcastChannel('trip'), new BroadcastChannel('trip')];
  return new Promise((resolve) => {
    there.onmessage = () => {
      here.close();
      there.close();
      resolve(undefined);
    };
    here.postMessage('there?');
  });
}
