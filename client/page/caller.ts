/**
 * Gives an error that arrives with an answer the stack of the call that asked: the one it was made with leads to whatever
 * took the answer in.
 */
export function calledFrom<Thrown extends Error>(error: Thrown, call: Error): Thrown {
  const stack = call.stack ?? '';
  // Chromium's begins with what the error says; those of other engines have the calls only.
  error.stack = stack.startsWith('Error') ? `${error}${stack.slice('Error'.length)}` : stack;
  return error;
}
