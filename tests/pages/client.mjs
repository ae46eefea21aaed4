// Lets a test on the other side of WebDriver call what the modules beside this one export.

window.call = async (module, name, args) => {
  try {
    const exports = await import(`./${module}`);
    return { value: await exports[name](...args) };
  } catch (error) {
    return { failure: error instanceof Error ? `${error}\n${error.stack}` : `thrown: ${String(error)}` };
  }
};
