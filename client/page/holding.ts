/** What a page holds of a database, such as the right to it and its home. All of it is let go together. */
export class Holding {
  /** What lets go of each thing; the last one that came goes first, and the right to the database when all else is gone. */
  readonly #releases: (() => unknown)[];
  #isReleased = false;

  /** @param releases what lets go of things that are held already */
  constructor(...releases: (() => unknown)[]) {
    this.#releases = releases;
  }

  /** Takes over what is being waited for, or lets go of it at once if that came too late. */
  async keep<Thing>(waiting: Promise<Thing>, release: (thing: Thing) => unknown): Promise<Thing> {
    const thing = await waiting;
    if (this.#isReleased) await release(thing);
    else this.#releases.unshift(() => release(thing));
    return thing;
  }

  /** Lets go of everything, one after the other: whoever has the right next must find what is being written. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    try {
      for (let next = this.#releases.shift(); next; next = this.#releases.shift()) await next();
    } finally {
      // If one of them cannot be let go of, the others are.
      this.abandon();
    }
  }

  /** Lets go of everything at once: of a page that is put aside the browser has ended the connections to its stores. */
  abandon(): void {
    this.#isReleased = true;
    for (const release of this.#releases.splice(0)) release();
  }
}
