// The inputs that once broke the product, tests/trials/cases, as the site serves them.

/** A file's text. */
export const trialText = async (/** @type {string} */ path) => (await fetch(`/trials/${path}`)).text();

/**
 * A file by its name, as a folder of migrations has it.
 *
 * @param {string} trial
 * @param {string} path
 */
export async function trialFiles(trial, path) {
  return { [/** @type {string} */ (path.split('/').at(-1))]: await trialText(`${trial}/${path}`) };
}
