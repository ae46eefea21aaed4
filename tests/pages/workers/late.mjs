// A worker that listens only once something else is done, so that what was said before is lost.
await new Promise((resolve) => setTimeout(resolve));
const [{ serve }, module] = await Promise.all([import('/package/worker.js'), import('/pkg/weather.js')]);
serve(module);
