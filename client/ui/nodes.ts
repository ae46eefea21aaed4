/** What an element of a screen may be given. */
export interface Attributes {
  readonly id?: string;
  /** What an application's style sheet calls it, as `::part(…)`. */
  readonly part?: string;
  readonly role?: string;
  readonly slot?: string;
  readonly name?: string;
  readonly value?: string;
  readonly tabindex?: string;
  readonly class?: string;
  readonly title?: string;
  /** Of a label: the id of what it names. */
  readonly for?: string;
  /** Of the heading of a table: what it is about. */
  readonly scope?: string;
  readonly rows?: string;
  readonly spellcheck?: string;
  readonly autocapitalize?: string;
  readonly [data: `data-${string}`]: string;
  readonly [aria: `aria-${string}`]: string;
}

/** A new element; strings among its children become text, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  created.append(...children);
  return created;
}

/** A button that does something; its part says which one it is, beside `button`. */
export function button(part: string, text: string, press: () => void): HTMLButtonElement {
  const created = element('button', { part: `button ${part}` }, text);
  created.type = 'button';
  created.addEventListener('click', press);
  return created;
}
