// A page that does nothing: what a visit takes whatever it does.

window.result = Promise.resolve({ page: performance.now() });
