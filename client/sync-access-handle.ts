/** A file of the origin's private file system, open for synchronous work; only in workers. */
export interface SyncAccessHandle {
  read(buffer: Uint8Array, options: { at: number }): number;
  write(buffer: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/**
 * Opens a file. TypeScript knows the method in its types for workers only, and those exclude the ones for pages.
 *
 * Source: https://fs.spec.whatwg.org/#api-filesystemfilehandle-createsyncaccesshandle
 */
export function openSync(file: FileSystemFileHandle): Promise<SyncAccessHandle> {
  const { createSyncAccessHandle } = file as { createSyncAccessHandle?: () => Promise<SyncAccessHandle> };
  if (createSyncAccessHandle) return createSyncAccessHandle.call(file);
  return Promise.reject(new Error('FileSystemFileHandle.createSyncAccessHandle is missing'));
}
