/** What a file of SQLite begins with. Source: https://www.sqlite.org/fileformat2.html#magic_header_string */
const magic = [...'SQLite format 3\0'].map((letter) => letter.charCodeAt(0));

/** Whether these are the first bytes of a database. */
export const hasMagic = (bytes: Uint8Array): boolean => startsWith(bytes, magic);

export function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, at) => bytes[at] === byte);
}
