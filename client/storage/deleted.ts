import type { ErrorData } from '../protocol/errors.js';

/** The error of every tab that had a database open when it was deleted. */
export function deletedWhileOpen(name: string): ErrorData<'storage_io'> {
  const message = `The database ${JSON.stringify(name)} was deleted while it was open, such as by clearing the data of this site: nothing can be stored in it any more. Open it again to begin anew.`;
  return { class: 'StorageError', code: 'storage_io', message };
}
