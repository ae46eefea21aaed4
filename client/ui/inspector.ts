import { WheatearElement } from './element.js';
import type { InspectedDatabase } from './inspector/database.js';
import { element } from './nodes.js';

/**
 * `<wheatear-inspector>`: what is in an open database, for development: its schema, rows and migrations, where it lives and
 * which tab has it, and a box for SQL.
 *
 * ```ts
 * const inspector = document.createElement('wheatear-inspector');
 * inspector.database = db;
 * document.body.append(inspector);
 * ```
 *
 * What it shows is loaded when it is put into a page, and not before. Part: `inspector`.
 */
export class WheatearInspector extends WheatearElement<object> {
  #database: InspectedDatabase | undefined;
  #ending = new AbortController();

  constructor() {
    super({});
  }

  /** What `open` has given; nothing unless it is set. */
  get database(): InspectedDatabase | undefined {
    return this.#database;
  }

  set database(database: InspectedDatabase | undefined) {
    this.#database = database;
    this.update();
  }

  /** For the browser, which calls it when the element is taken out of a page. */
  disconnectedCallback(): void {
    this.#ending.abort();
  }

  /** @internal */
  protected override render(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    void this.#inspect(this.#ending.signal);
  }

  async #inspect(signal: AbortSignal): Promise<void> {
    try {
      const { inspect } = await import('./inspector/inspect.js');
      if (!signal.aborted && this.shadowRoot) inspect(this.shadowRoot, this.#database, signal);
    } catch (error) {
      this.show(element('p', { role: 'alert' }, `The inspector cannot be shown: ${error}`));
    }
  }
}
