// A worker that answers, but speaks another language.
addEventListener('message', ({ data }) => postMessage(data));
