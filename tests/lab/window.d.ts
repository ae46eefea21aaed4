interface Window {
  /** Calls a function that a module in pages/ exports: see pages/client.mjs. */
  call(module: string, name: string, args: unknown[]): Promise<{ value?: unknown; failure?: string }>;
}
