/** The element of index.html with this id. */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} with id ${id}.`);
  return found;
}

interface Attributes {
  readonly class?: string;
  readonly [attribute: `${'data' | 'aria'}-${string}`]: string;
  readonly scope?: string;
  readonly datetime?: string;
  readonly id?: string;
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
