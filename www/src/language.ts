// WebKitGTK calls the language of a system that has none “C”, which is no language tag: uPlot, which asks for
// number formats in the reader's language while it is imported, would take the whole page down.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-GB', configurable: true });
}
