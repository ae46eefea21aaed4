/** How long a browser may take to answer whether some storage is usable, in milliseconds. */
export const probeLimit = 5000;

/** What `work` resolves to; rejects if that takes longer than `limit` milliseconds. The work itself goes on. */
export async function within<Result>(limit: number, what: string, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} has not answered within ${limit / 1000} s`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
