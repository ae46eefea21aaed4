/** An address as the browser resolves it; as it stands, if it is none. */
export function addressOf(address: string | URL): string {
  try {
    return new URL(address, document.baseURI).href;
  } catch {
    return String(address);
  }
}
