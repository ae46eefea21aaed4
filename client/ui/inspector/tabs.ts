import { element } from '../nodes.js';
import type { Panel } from './section.js';

/**
 * Tabs as people know them: the arrows, Home and End choose one, Tab goes into what it shows.
 * Source: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export class Tabs {
  readonly list = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Inspector' });
  readonly places: readonly HTMLElement[];
  readonly #tabs: readonly HTMLButtonElement[];
  readonly #panels: readonly Panel[];
  #shown: Panel | undefined;

  constructor(panels: readonly Panel[]) {
    this.#panels = panels;
    this.#tabs = panels.map(({ title }, index) => {
      const tab = element('button', { id: `tab-${index}`, role: 'tab', 'aria-controls': `panel-${index}` }, title);
      tab.type = 'button';
      tab.addEventListener('click', () => this.choose(index));
      return tab;
    });
    this.places = panels.map(({ content }, index) => {
      const attributes = { id: `panel-${index}`, role: 'tabpanel', 'aria-labelledby': `tab-${index}`, tabindex: '0' };
      return element('div', attributes, content);
    });
    this.list.append(...this.#tabs);
    this.list.addEventListener('keydown', (event) => this.#press(event));
  }

  /** The panel in sight. */
  get shown(): Panel | undefined {
    return this.#shown;
  }

  /** Brings a panel into sight. */
  choose(index: number): void {
    const panel = this.#panels[index];
    if (!panel || panel === this.#shown) return;
    this.#shown?.hide();
    this.#shown = panel;
    for (const [at, tab] of this.#tabs.entries()) {
      tab.setAttribute('aria-selected', String(at === index));
      tab.tabIndex = at === index ? 0 : -1;
    }
    for (const [at, place] of this.places.entries()) place.hidden = at !== index;
    panel.show();
  }

  #press(event: KeyboardEvent): void {
    const last = this.#tabs.length - 1;
    const now = this.#shown ? this.#panels.indexOf(this.#shown) : 0;
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.choose(next);
    this.#tabs[next]?.focus();
  }
}
