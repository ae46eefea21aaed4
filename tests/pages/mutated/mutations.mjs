// Ways in which a database file may be damaged.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** The same numbers for the same seed: xorshift. */
export class Random {
  /** @type {number} */
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = (Math.imul(seed, 2_654_435_761) ^ 0x5eed) | 1;
    for (let turn = 0; turn < 8; turn++) this.below(2);
  }

  /** A whole number from 0 up to the limit, and not the limit. */
  below(/** @type {number} */ limit) {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % Math.max(limit, 1);
  }
}

/** @type {Record<string, (bytes: Bytes, pageSize: number, random: Random) => Bytes>} */
const mutations = {
  header: (bytes, _, random) => withByte(bytes, random.below(100), random.below(256)),
  mode: (bytes, _, random) => withByte(bytes, 18 + random.below(2), random.below(4)),
  encoding: (bytes, _, random) => withByte(bytes, 59, random.below(6)),
  'free list of the header': (bytes, _, random) => withByte(bytes, 32 + random.below(8), random.below(256)),
  'header of a page': (bytes, pageSize, random) => {
    const at = random.below(pagesOf(bytes, pageSize)) * pageSize + random.below(12);
    return withByte(bytes, at, random.below(256));
  },
  schema: (bytes, pageSize, random) => {
    const at = 100 + random.below(Math.min(pageSize, bytes.length) - 100);
    return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
  },
  'a byte': (bytes, _, random) => withByte(bytes, random.below(bytes.length), random.below(256)),
  cut: (bytes, _, random) => bytes.slice(0, random.below(bytes.length)),
  'whole pages cut': (bytes, pageSize, random) =>
    bytes.slice(0, (1 + random.below(pagesOf(bytes, pageSize))) * pageSize),
  'bytes behind the end': (bytes, pageSize, random) => {
    const longer = new Uint8Array(bytes.length + 1 + random.below(3 * pageSize));
    longer.fill(random.below(256));
    longer.set(bytes);
    return longer;
  },
  'pages swapped': (bytes, pageSize, random) => {
    const [one, other] = [random, random].map((each) => each.below(pagesOf(bytes, pageSize)) * pageSize);
    const swapped = bytes.slice();
    swapped.set(bytes.subarray(one, Number(one) + pageSize), other);
    swapped.set(bytes.subarray(other, Number(other) + pageSize), one);
    return swapped;
  },
  'a page of zeros': (bytes, pageSize, random) => {
    const at = random.below(pagesOf(bytes, pageSize)) * pageSize;
    return bytes.slice().fill(0, at, at + pageSize);
  },
};

/**
 * Damages a file in one to three ways.
 *
 * @param {Bytes} sound
 * @param {Random} random
 * @returns {{ bytes: Bytes, how: string }}
 */
export function mutated(sound, random) {
  const size = new DataView(sound.buffer).getUint16(16);
  const pageSize = size === 1 ? 65536 : Math.max(size, 512);
  const ways = Object.entries(mutations);
  let bytes = sound;
  const how = [];
  for (let left = 1 + random.below(3); left > 0 && bytes.length > 512; left--) {
    const [name, mutate] = ways[random.below(ways.length)] ?? ['', (/** @type {Bytes} */ same) => same];
    bytes = mutate(bytes, pageSize, random);
    how.push(name);
  }
  return { bytes, how: how.join(', ') };
}

/** Of its log, a byte or the end. */
export function mutatedLog(/** @type {Bytes} */ log, /** @type {Random} */ random) {
  if (random.below(2) === 0) return log.slice(0, random.below(log.length));
  return withByte(log, random.below(log.length), random.below(256));
}

function withByte(/** @type {Bytes} */ bytes, /** @type {number} */ at, /** @type {number} */ value) {
  const changed = bytes.slice();
  if (at < changed.length) changed[at] = value;
  return changed;
}

function pagesOf(/** @type {Bytes} */ bytes, /** @type {number} */ pageSize) {
  return Math.max(Math.floor(bytes.length / pageSize), 1);
}
