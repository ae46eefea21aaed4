import { element } from '../nodes.js';
import { failure } from './failure.js';

/** A part of the inspector that one tab shows. */
export interface Panel {
  /** What its tab is called. */
  readonly title: string;
  readonly content: HTMLElement;
  /** It is in sight from now on, and shows what there is now. */
  show(): void;
  /** Something was changed in the database while it is in sight. */
  refresh(): void;
  /** It is out of sight from now on. */
  hide(): void;
}

/**
 * Shows what is read, or why it cannot be read. It is drawn anew only if it is other than before, so that what somebody has
 * unfolded or chosen in it stays.
 */
export class Section<Data> {
  readonly content: HTMLElement;
  readonly #place = element('div', {}, element('p', { class: 'dim' }, 'Reading …'));
  readonly #read: () => Promise<Data>;
  readonly #render: (data: Data) => Node[];
  #shown: string | undefined;
  /** Which reading is the newest one: an older one that ends later shows nothing. */
  #newest = 0;

  constructor(title: string | undefined, read: () => Promise<Data>, render: (data: Data) => Node[]) {
    this.#read = read;
    this.#render = render;
    this.content = element('section', {}, ...(title ? [element('h3', {}, title)] : []), this.#place);
  }

  async update(): Promise<void> {
    const own = ++this.#newest;
    const [shown, render] = await this.#read().then(
      (data) => [JSON.stringify(data), () => this.#render(data)] as const,
      (error: unknown) => [`failed: ${error}`, () => [failure(error)]] as const,
    );
    if (own !== this.#newest || shown === this.#shown) return;
    this.#shown = shown;
    this.#place.replaceChildren(...render());
  }
}

/** A panel of sections. */
export class SectionPanel implements Panel {
  readonly title: string;
  readonly content: HTMLElement;
  readonly hide: () => void;
  readonly #sections: readonly { readonly content: HTMLElement; update(): Promise<void> }[];

  /** @param onHide is called when it is out of sight */
  constructor(
    title: string,
    sections: readonly { readonly content: HTMLElement; update(): Promise<void> }[],
    onHide = () => {},
  ) {
    this.title = title;
    this.hide = onHide;
    this.#sections = sections;
    this.content = element('div', {}, ...sections.map(({ content }) => content));
  }

  show(): void {
    this.refresh();
  }

  refresh(): void {
    for (const section of this.#sections) void section.update();
  }
}
