/** The registered media type: https://www.iana.org/assignments/media-types/application/vnd.sqlite3 */
const type = 'application/vnd.sqlite3';

/** How many bytes are gathered before they are given to the browser, which may keep them on disk. */
const gathered = 16 << 20;

/** A file that is put together part by part, without all of it being in this page's memory. */
export class FileBuilder {
  readonly #done: Blob[] = [];
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  add(part: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(part);
    this.#bytes += part.byteLength;
    if (this.#bytes >= gathered) this.#gather();
  }

  finish(): Blob {
    this.#gather();
    return new Blob(this.#done, { type });
  }

  #gather(): void {
    this.#done.push(new Blob(this.#parts));
    this.#parts = [];
    this.#bytes = 0;
  }
}
