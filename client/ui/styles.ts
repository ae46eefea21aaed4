/**
 * How the elements look. What an application may set are the custom properties `--wheatear-*`; each has a value that follows
 * the page's `color-scheme`, where the browser knows `light-dark()`, else the system's colors, which do so everywhere. Names with
 * an underscore are for these rules only; without the prefix, they would be those that an application has, too.
 */
export const styles = `
:host {
  --_wheatear-text: var(--wheatear-text, CanvasText);
  --_wheatear-background: var(--wheatear-background, Canvas);
  --_wheatear-dim: var(--wheatear-text-dim, CanvasText);
  --_wheatear-line: var(--wheatear-line, GrayText);
  --_wheatear-accent: var(--wheatear-accent, CanvasText);
  --_wheatear-on-accent: var(--wheatear-on-accent, Canvas);
  --_wheatear-danger: var(--wheatear-danger, CanvasText);
  --_wheatear-radius: var(--wheatear-radius, 12px);
  display: block;
  color: var(--_wheatear-text);
  font-family: var(--wheatear-font, inherit);
  line-height: 1.5;
}

@supports (color: light-dark(#000, #fff)) {
  :host {
    --_wheatear-text: var(--wheatear-text, light-dark(#1e242a, #edeae4));
    --_wheatear-background: var(--wheatear-background, light-dark(#fff, #1a1f24));
    --_wheatear-dim: var(--wheatear-text-dim, light-dark(#59646e, #a3adb6));
    --_wheatear-line: var(--wheatear-line, light-dark(#8a8f93, #75808a));
    --_wheatear-accent: var(--wheatear-accent, light-dark(#a8480c, #f0a45c));
    --_wheatear-on-accent: var(--wheatear-on-accent, light-dark(#fff, #22150a));
    --_wheatear-danger: var(--wheatear-danger, light-dark(#a62b1f, #ff9d8f));
  }
}

:host([hidden]), [hidden] {
  display: none !important;
}

*, ::before, ::after {
  box-sizing: border-box;
}

h2, p, dl, dd, ul {
  margin: 0;
  padding: 0;
}

:focus-visible {
  outline: 3px solid var(--_wheatear-accent);
  outline-offset: 2px;
}

button {
  min-height: 44px;
  padding: 0.5rem 1.1rem;
  border: 1px solid var(--_wheatear-line);
  border-radius: min(10px, var(--_wheatear-radius));
  background: transparent;
  color: inherit;
  font: inherit;
  font-weight: 600;
  line-height: 1.25;
  cursor: pointer;
  touch-action: manipulation;
}

button:hover {
  border-color: currentcolor;
}

[aria-busy='true'] button {
  opacity: 0.6;
  cursor: progress;
}

button[part~='primary'] {
  border-color: transparent;
  background: var(--_wheatear-accent);
  color: var(--_wheatear-on-accent);
}

button[part~='danger'] {
  border-color: var(--_wheatear-danger);
  color: var(--_wheatear-danger);
}

h2 {
  font-size: 1.25em;
  font-weight: 650;
  line-height: 1.3;
}

h2:focus {
  outline: none;
}

[part='recovery'], [part='upgrade'], [part='banner'] {
  padding: clamp(1rem, 3vw, 1.75rem);
  border: 1px solid var(--_wheatear-line);
  border-radius: var(--_wheatear-radius);
  background: var(--_wheatear-background);
  overflow-wrap: anywhere;
}

[part='recovery'] {
  display: grid;
  gap: 0.9rem;
  border-color: var(--_wheatear-danger);
}

[part='recovery'] > p {
  max-width: 46em;
}

[part='recovery'] > p:empty {
  display: none;
}

[part='recovery'] > [part='status'] {
  display: block;
}

[part='title'] {
  text-wrap: balance;
}

[part='recovery'] > [part='title'] {
  color: var(--_wheatear-danger);
}

[part='unchanged'] {
  font-weight: 600;
}

[part='actions'] {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.7rem;
}

summary {
  width: fit-content;
  color: var(--_wheatear-dim);
  cursor: pointer;
}

[part='message'] {
  margin-block: 0.75rem;
  font-family: var(--wheatear-mono, ui-monospace, monospace);
  font-size: 0.92em;
  white-space: pre-wrap;
}

dl {
  display: flex;
  flex-wrap: wrap;
  gap: 0.75rem 2rem;
  margin-block-end: 0.9rem;
}

dt {
  color: var(--_wheatear-dim);
  font-size: 0.85em;
}

dd {
  font-family: var(--wheatear-mono, ui-monospace, monospace);
  font-size: 0.92em;
}

dialog {
  width: min(30rem, calc(100vw - 2rem));
  padding: clamp(1rem, 5vw, 1.75rem);
  border: 1px solid var(--_wheatear-line);
  border-radius: var(--_wheatear-radius);
  background: var(--_wheatear-background);
  color: inherit;
}

dialog::backdrop {
  background: rgb(10 12 15 / 55%);
}

[part='dialog-text'] {
  margin-block: 0.7rem 1.4rem;
}

[part='upgrade'] {
  display: grid;
  gap: 0.6rem;
}

[part='upgrade'] [part='title'] {
  font-weight: 650;
}

[part='upgrade'] [part='text'], [part='step'] {
  color: var(--_wheatear-dim);
  font-variant-numeric: tabular-nums;
}

[part='step'] {
  min-height: 1.5em;
}

[part='track'] {
  height: 10px;
  overflow: hidden;
  border: 1px solid var(--_wheatear-line);
  border-radius: 99px;
}

[part='bar'] {
  height: 100%;
  min-width: 4%;
  border-radius: 99px;
  background: var(--_wheatear-accent);
}

[part='banner'] {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  align-items: center;
  gap: 0.8rem 1.5rem;
  padding-block: 1rem;
  border-color: var(--_wheatear-accent);
  font-weight: 600;
}

[part='banner'] [part='text'] {
  flex: 1 1 min(100%, 14rem);
}

@media (max-width: 34rem) {
  [part='actions'] button, [part='banner'] button {
    width: 100%;
  }

  ::slotted(button) {
    width: 100%;
  }
}

@media (prefers-reduced-motion: no-preference) {
  [part='bar'] {
    transition: inline-size 0.3s;
    animation: breathe 1.6s ease-in-out infinite alternate;
  }

  @keyframes breathe {
    to {
      opacity: 0.6;
    }
  }
}

@media (forced-colors: active) {
  [part='bar'] {
    background: Highlight;
    forced-color-adjust: none;
  }
}
`;
