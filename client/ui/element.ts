import { merged, type Some } from './merged.js';
import { styles } from './styles.js';

/** A server has no elements, and must be able to import this all the same. */
const Base = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/** One for all elements, made when the first one is: a server has none. */
let sheet: CSSStyleSheet | undefined;

/**
 * What all elements have in common: a shadow root with the styles, and texts that can be translated. A subclass shows itself
 * in `render`, which is called when it is put into a page, and whenever something that it shows has changed.
 */
export abstract class WheatearElement<Messages extends object> extends Base {
  readonly #defaults: Messages;
  #messages: Messages;

  protected constructor(defaults: Messages) {
    super();
    this.#defaults = defaults;
    this.#messages = defaults;
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
    }
    // A constructed one, which a content security policy has nothing against.
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
  }

  /** The texts that it shows. Those that are left out when it is set are the English ones. */
  get messages(): Messages {
    return this.#messages;
  }

  set messages(messages: Some<Messages>) {
    this.#messages = merged(this.#defaults, messages);
    this.update();
  }

  /** For the browser, which calls it when the element is put into a page. */
  connectedCallback(): void {
    // What was set before the class was there are properties of the object, which hide those of the class: all of them go first.
    const early = Object.entries(this).filter(([name]) => name in Object.getPrototypeOf(this));
    for (const [name] of early) Reflect.deleteProperty(this, name);
    Object.assign(this, Object.fromEntries(early));
    this.render();
  }

  /** @internal Shows what has changed, if it is in a page. */
  protected update(): void {
    if (this.isConnected) this.render();
  }

  /** @internal Puts these into the place of what is shown. */
  protected show(...nodes: Node[]): void {
    this.shadowRoot?.replaceChildren(...nodes);
  }

  /** @internal Does something, unless a listener of this event cancels it. */
  protected ask(event: string, work: () => void): void {
    if (this.dispatchEvent(new Event(event, { bubbles: true, cancelable: true, composed: true }))) work();
  }

  /** @internal */
  protected abstract render(): void;
}

/** Has the browser know an element, once: two copies of this module may be in a page. */
export function define(name: string, element: CustomElementConstructor): void {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, element);
}
