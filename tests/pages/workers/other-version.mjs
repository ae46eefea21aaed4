// The worker of a build with another version of Wheatear.
addEventListener('message', ({ data }) => postMessage({ type: 'welcome', to: data.from, protocol: 0 }));
