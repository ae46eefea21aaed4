/** What a value is, in words: for whoever gave it in the place of another. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return `a value of the class ${classOf(value)}`;
  return typeof value === 'function' ? 'a function' : String(value);
}

/** Such as `Date`; also of a value of another window. */
export function classOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Whether an object has all of this. Of one of another window, which is of another class, nothing else can be told. */
export function has(value: unknown, ...names: string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

/** Also one of another window, which is of another class. */
export function isBlob(value: unknown): value is Blob {
  return ['Blob', 'File'].includes(classOf(value));
}
