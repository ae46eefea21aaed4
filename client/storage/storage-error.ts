import { StorageError, WheatearError } from '../protocol/errors.js';

/**
 * What a failure of a browser's storage means for a database. Sources: https://w3c.github.io/IndexedDB/#exceptions,
 * https://fs.spec.whatwg.org
 */
export function storageError(error: unknown, where: 'IndexedDB' | 'OPFS'): WheatearError {
  if (error instanceof WheatearError) return error;
  const say = (code: 'storage_full' | 'storage_unsupported' | 'storage_io', text: string) =>
    new StorageError({ code, message: `${text} (${where}: ${error}).` }, { cause: error });
  switch (error instanceof DOMException && error.name) {
    case 'QuotaExceededError':
      return say('storage_full', 'There is no room left for the database; free some space and try again');
    case 'VersionError':
      return say(
        'storage_unsupported',
        'A newer version of Wheatear has written this database; reload the page to get that',
      );
    default:
      return say('storage_io', 'Reading or writing the stored database failed');
  }
}
