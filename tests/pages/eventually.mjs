/** Calls a check until it does not throw any more. The test ends one that never passes. */
export async function eventually(/** @type {() => void} */ check) {
  for (;;) {
    try {
      return check();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
