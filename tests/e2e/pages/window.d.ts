interface Window {
  /** Calls a function that a module of this folder exports: see client.mjs. */
  call(module: string, name: string, args: unknown[]): Promise<{ value?: unknown; failure?: string }>;
}
