// A script that comes over a slow network: later than any storage may take to answer.
await new Promise((resolve) => setTimeout(resolve, 11_000));
const [{ serve }, module] = await Promise.all([import('/package/worker.js'), import('/pkg/weather.js')]);
serve(module);
