/** Some of the texts: of those that stand in groups, too. What is `undefined` is left out. */
export type Some<Texts> = Texts extends string | ((...args: never[]) => string)
  ? Texts
  : { readonly [Name in keyof Texts]?: Some<Texts[Name]> | undefined };

/** These texts, and in the place of those that are left out the others. */
export function merged<Texts extends object>(defaults: Texts, given: Some<Texts>): Texts {
  return merge(defaults, given) as Texts;
}

function merge(defaults: object, given: object): object {
  const all: Record<string, unknown> = { ...defaults };
  for (const [name, text] of Object.entries(Object(given))) {
    const before = all[name];
    if (isGroup(text) && isGroup(before)) all[name] = merge(before, text);
    else if (text !== undefined && text !== null) all[name] = text;
  }
  return all;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
