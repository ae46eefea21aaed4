// What a built page imports (see build.mjs), and what it leaves for whoever visits it.

declare module 'race:contender' {
  /** Opens the database and migrates it; ours by a name, too. */
  export const open: (name?: string) => Promise<import('./pages/actions.mjs').Actions>;
}

declare module 'race:wasm' {
  /** The address of our module. */
  const address: string;
  export default address;
}

interface Window {
  /** Milliseconds, by what took them. */
  result: Promise<Record<string, number | number[]>>;
}
