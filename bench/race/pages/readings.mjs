// The rows that `fill` of sets.mjs makes, for who has no SQL.

export function readingsOf(/** @type {number} */ count) {
  return Array.from({ length: count }, (_, index) => readingOf(index + 1));
}

function readingOf(/** @type {number} */ id) {
  const at = (id * 1009) % 1_000_003;
  return { id, node: (id % 1000) + 1, at, kind: 'temperature', value: id * 0.1, note: `note ${id}` };
}
