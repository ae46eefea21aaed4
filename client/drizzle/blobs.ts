import { SQLiteBigInt, SQLiteBlobBuffer, SQLiteBlobJson } from 'drizzle-orm/sqlite-core';

/**
 * Lets Drizzle's columns for blobs hold a `Uint8Array` where there is no `Buffer`, as in a page. They would throw, and on
 * reading only, with what cannot be read stored already. There is no other place for it: they are asked when a query's text is
 * made, and nothing tells a driver of them then.
 */
export function holdBytesWithoutBuffer(): void {
  if ((globalThis as { readonly Buffer?: unknown }).Buffer !== undefined) return;
  const encoder = new TextEncoder();
  // What Drizzle's types call it, there is not.
  type Encoded = ReturnType<typeof SQLiteBigInt.prototype.mapToDriverValue>;
  const encode = (text: string) => encoder.encode(text) as Uint8Array as Encoded;
  SQLiteBlobBuffer.prototype.mapFromDriverValue = (bytes) => bytes;
  SQLiteBlobJson.prototype.mapToDriverValue = (value) => encode(JSON.stringify(value));
  SQLiteBigInt.prototype.mapToDriverValue = (value) => encode(value.toString());
}
