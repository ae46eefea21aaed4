/** A number for people. */
export function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

/** So many of something: `1 row`, `1,234 rows`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** A size for people, in powers of 1000 as a file manager has it, and exactly. */
export function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const exact = count(bytes, 'byte');
  return power === 0 ? exact : `${number(bytes / 1000 ** power)} ${units[power]} (${exact})`;
}

/** A duration in milliseconds. */
export function milliseconds(duration: number): string {
  return `${number(duration)}\u00a0ms`;
}
