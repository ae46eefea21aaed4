/** What `work` resolves to; rejects with a `TimeoutError` if that takes longer than `limit` milliseconds. The work goes on. */
export async function within<Result>(limit: number, what: string, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${what} has not answered within ${limit / 1000} s`;
    timer = setTimeout(() => reject(new DOMException(message, 'TimeoutError')), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What `work` resolves to, or `silence` if nothing is heard for `limit` milliseconds while it goes on.
 *
 * @param heard when something was heard last, as `performance.now()` gives it
 */
export async function withoutSilence<Result>(
  limit: number,
  heard: () => number,
  work: Promise<Result>,
): Promise<Result | 'silence'> {
  const start = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    const look = () => {
      const left = Math.max(start, heard()) + limit - performance.now();
      if (left <= 0) resolve('silence');
      else timer = setTimeout(look, left);
    };
    look();
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
