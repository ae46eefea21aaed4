/** A promise that is settled from outside. Nobody need await it: a rejection that nobody hears of is no fault. */
export class Deferred<Value> {
  resolve: (value: Value) => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly promise = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor() {
    this.promise.catch(() => {});
  }
}
