/** A name as SQL has it, whatever is in it. Source: https://www.sqlite.org/lang_keywords.html */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
