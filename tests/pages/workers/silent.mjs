// A worker that never calls `serve`, and does something else.
addEventListener('message', () => {});
