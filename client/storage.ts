/** Where a database lives. */
export interface Storage {
  /** `opfs`: the origin's private file system, https://fs.spec.whatwg.org */
  readonly kind: 'opfs';
}
