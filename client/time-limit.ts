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
