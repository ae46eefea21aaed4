import { setTimeout as pause } from 'node:timers/promises';

/**
 * Repeats `attempt` until it no longer throws, and gives what it returned. After ten seconds its
 * last error is the outcome.
 *
 * @template Result
 * @param {() => Promise<Result>} attempt
 * @param {number} [patience] milliseconds
 * @returns {Promise<Result>}
 */
export async function eventually(attempt, patience = 10_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(20);
  }
}
