/** Keeps Chromium from showing windows, and from asking the network for anything that a test did not. */
export const chromiumArguments = [
  '--headless=new',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium's sandbox does not start for root, as which containers usually run.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
