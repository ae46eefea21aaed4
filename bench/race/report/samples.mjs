// What was measured, and what went wrong.

/** Whose turn it was. @typedef {{ engine: string, part: string, racer: string }} Entry */

/** `values` are milliseconds, unless the part says otherwise. @typedef {Entry & { what: string, values: number[] }} Sample */

/** How often it failed, and what was said last. @typedef {Entry & { times: number, error: string }} Failure */

/** Who has failed so often is not waited for again. */
const patience = 2;

/** How the middle half of some numbers lies. @typedef {{ median: number, low: number, high: number }} Spread */

export class Samples {
  /** @type {Sample[]} */
  samples = [];
  /** One for each racer that failed, with what was said last. @type {Failure[]} */
  failures = [];

  static from(/** @type {{ samples: Sample[], failures: Failure[] }} */ { samples, failures }) {
    return Object.assign(new Samples(), { samples, failures });
  }

  /** @param {Entry} of @param {import('../visitor.mjs').Result} result */
  add(of, result) {
    for (const [what, values] of Object.entries(result)) {
      const known = this.samples.find((sample) => isOf(sample, of) && sample.what === what);
      const added = [values].flat();
      if (known) known.values.push(...added);
      else this.samples.push({ ...of, what, values: added });
    }
  }

  /** @param {Entry} of @param {string} error */
  fail(of, error) {
    const known = this.failures.find((failure) => isOf(failure, of));
    if (known) Object.assign(known, { times: known.times + 1, error });
    else this.failures.push({ ...of, times: 1, error });
  }

  isGivenUp(/** @type {Entry} */ of) {
    return this.failures.some((failure) => isOf(failure, of) && failure.times >= patience);
  }

  /** @returns {Spread | undefined} */
  spread(/** @type {Omit<Sample, 'values'>} */ of) {
    const sample = this.samples.find((each) => isOf(each, of) && each.what === of.what);
    return sample && spreadOf(sample.values);
  }
}

/** @param {Entry} one @param {Entry} other */
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
