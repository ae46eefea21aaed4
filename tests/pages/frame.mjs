// Another page of this site, which goes away when it is told to, without a chance to say so.

export class Frame {
  #element = document.createElement('iframe');

  /** Loads pages/client.html. */
  static async load() {
    const frame = new Frame();
    const loaded = new Promise((resolve) => {
      frame.#element.onload = resolve;
    });
    frame.#element.src = '/pages/client.html';
    document.body.append(frame.#element);
    await loaded;
    // Its module is loaded, but a browser may run it a little later.
    while (!frame.#element.contentWindow?.call) await new Promise((resolve) => setTimeout(resolve));
    return frame;
  }

  /** The frame, to listen to. */
  get element() {
    return this.#element;
  }

  /**
   * Calls a function that a module in pages/ exports. Never settles once the frame is gone.
   * @returns {Promise<any>}
   */
  async call(/** @type {string} */ module, /** @type {string} */ name, /** @type {unknown[]} */ ...args) {
    const answer = await this.#element.contentWindow?.call(module, name, args);
    const { value, failure } = /** @type {{ value?: unknown, failure?: string }} */ (answer ?? {});
    if (failure !== undefined) throw new Error(failure);
    return value;
  }

  remove() {
    this.#element.remove();
  }
}
