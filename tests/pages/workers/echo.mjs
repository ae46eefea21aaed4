// Answers what it is told, on the wire to its page and on a channel: what a message takes that does nothing.

addEventListener('message', ({ data }) => postMessage(data));

const channel = new BroadcastChannel(new URL(location.href).searchParams.get('channel') ?? '');
channel.onmessage = ({ data }) => {
  if ('ask' in data) channel.postMessage({ answer: data.ask });
};
