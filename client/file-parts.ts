/** The registered media type: https://www.iana.org/assignments/media-types/application/vnd.sqlite3 */
const type = 'application/vnd.sqlite3';

/** Collects a file that comes in parts. */
export async function receiveFile(
  send: (onPart: (bytes: Uint8Array<ArrayBuffer>) => void) => Promise<void>,
): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await send((bytes) => parts.push(bytes));
  return new Blob(parts, { type });
}
