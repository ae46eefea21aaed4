import { WheatearElement } from './element.js';
import { button, element } from './nodes.js';

/** The texts of `<wheatear-superseded>`. */
export interface SupersededMessages {
  readonly text: string;
  readonly reload: string;
}

/** Those in English. */
export const supersededMessages: SupersededMessages = {
  text: 'A newer version of this page is open in another tab, and has upgraded the database.',
  reload: 'Reload',
};

/**
 * `<wheatear-superseded>`: a banner that says that the page must be reloaded, for `onSuperseded`.
 *
 * ```ts
 * open('weather', { migrations, onSuperseded: () => document.body.prepend(document.createElement('wheatear-superseded')) });
 * ```
 *
 * Its button reloads the page, unless the event `wheatear-reload` is cancelled. Parts: `banner`, `text`, `button reload`.
 */
export class WheatearSuperseded extends WheatearElement<SupersededMessages> {
  constructor() {
    super(supersededMessages);
  }

  /** Moves the focus to its button. */
  override focus(options?: FocusOptions): void {
    this.shadowRoot?.querySelector('button')?.focus(options);
  }

  /** @internal */
  protected override render(): void {
    const { text, reload } = this.messages;
    this.show(
      element(
        'div',
        { part: 'banner', role: 'alert' },
        element('p', { part: 'text' }, text),
        button('primary reload', reload, () => this.ask('wheatear-reload', () => location.reload())),
      ),
    );
  }
}
