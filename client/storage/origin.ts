import { StorageError } from '../protocol/errors.js';

/** Throws `storage_unsupported` where there is no browser: on a server, which renders pages with the same modules. */
export function requireBrowser(): void {
  if (typeof location === 'undefined')
    throw unsupported(
      'There is no browser here; ask for a database in the page only, such as when a component is mounted.',
    );
}

/** Throws so, too, in a page that has no origin, for which a browser stores nothing and starts no worker of the site. */
export function requireOrigin(): void {
  requireBrowser();
  if (origin === 'null')
    throw unsupported(
      'This page has no origin, so that the browser stores nothing for it; a frame that is sandboxed needs allow-same-origin beside allow-scripts.',
    );
}

function unsupported(message: string): StorageError {
  return new StorageError({ code: 'storage_unsupported', message });
}
