// What was measured, and what went wrong.

/**
 * @typedef {object} Sample
 * @property {string} engine
 * @property {string} part
 * @property {string} racer
 * @property {string} what
 * @property {number[]} values milliseconds, unless the part says otherwise
 */

/** @typedef {{ engine: string, part: string, racer: string, error: string }} Failure */

/** How the middle half of some numbers lies. @typedef {{ median: number, low: number, high: number }} Spread */

export class Samples {
  /** @type {Sample[]} */
  samples = [];
  /** One for each racer that failed, with what was said last. @type {Failure[]} */
  failures = [];

  static from(/** @type {{ samples: Sample[], failures: Failure[] }} */ { samples, failures }) {
    return Object.assign(new Samples(), { samples, failures });
  }

  /** @param {Omit<Sample, 'what' | 'values'>} of @param {import('../visitor.mjs').Result} result */
  add(of, result) {
    for (const [what, values] of Object.entries(result)) {
      const known = this.samples.find((sample) => isOf(sample, of) && sample.what === what);
      const added = [values].flat();
      if (known) known.values.push(...added);
      else this.samples.push({ ...of, what, values: added });
    }
  }

  /** @param {Omit<Failure, 'error'>} of @param {string} error */
  fail(of, error) {
    this.failures = this.failures.filter((failure) => !isOf(failure, of));
    this.failures.push({ ...of, error });
  }

  hasFailed(/** @type {Omit<Failure, 'error'>} */ of) {
    return this.failures.some((failure) => isOf(failure, of));
  }

  /** @returns {Spread | undefined} */
  spread(/** @type {Omit<Sample, 'values'>} */ of) {
    const sample = this.samples.find((each) => isOf(each, of) && each.what === of.what);
    return sample && spreadOf(sample.values);
  }
}

/** @param {Omit<Failure, 'error'>} one @param {Omit<Failure, 'error'>} other */
function isOf(one, other) {
  return one.engine === other.engine && one.part === other.part && one.racer === other.racer;
}

/** @returns {Spread} */
export function spreadOf(/** @type {number[]} */ values) {
  const sorted = values.toSorted((a, b) => a - b);
  /** Between two, their mean weighted by how near they are. */
  const quantile = (/** @type {number} */ share) => {
    const place = share * (sorted.length - 1);
    const [below = Number.NaN, above = below] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
    return below + (above - below) * (place % 1);
  };
  return { median: quantile(0.5), low: quantile(0.25), high: quantile(0.75) };
}
