// What only dedicated workers have, whose code is compiled for a page here: https://fs.spec.whatwg.org. Nothing that a
// database in memory does comes to it.

interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
}

interface FileSystemSyncAccessHandle {
  read(bytes: AllowSharedBufferSource, options?: { at?: number }): number;
  write(bytes: AllowSharedBufferSource, options?: { at?: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
