/**
 * How the elements look. What an application may set are the custom properties `--wheatear-*`; each has a value that follows
 * the page's `color-scheme`, where the browser knows `light-dark()`, else the system's colors, which do so everywhere.
 */
export const styles = `
:host {
  --text: var(--wheatear-text, CanvasText);
  --background: var(--wheatear-background, Canvas);
  --dim: var(--wheatear-text-dim, CanvasText);
  --line: var(--wheatear-line, GrayText);
  --accent: var(--wheatear-accent, CanvasText);
  --on-accent: var(--wheatear-on-accent, Canvas);
  --danger: var(--wheatear-danger, CanvasText);
  --radius: var(--wheatear-radius, 12px);
  display: block;
  color: var(--text);
  font-family: var(--wheatear-font, inherit);
  line-height: 1.5;
}

@supports (color: light-dark(#000, #fff)) {
  :host {
    --text: var(--wheatear-text, light-dark(#1e242a, #edeae4));
    --background: var(--wheatear-background, light-dark(#fff, #1a1f24));
    --dim: var(--wheatear-text-dim, light-dark(#59646e, #a3adb6));
    --line: var(--wheatear-line, light-dark(#8a8f93, #75808a));
    --accent: var(--wheatear-accent, light-dark(#a8480c, #f0a45c));
    --on-accent: var(--wheatear-on-accent, light-dark(#fff, #22150a));
    --danger: var(--wheatear-danger, light-dark(#a62b1f, #ff9d8f));
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
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}

button {
  min-height: 44px;
  padding: 0.5rem 1.1rem;
  border: 1px solid var(--line);
  border-radius: min(10px, var(--radius));
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

button:disabled {
  opacity: 0.6;
  cursor: default;
}

button[part~='primary'] {
  border-color: transparent;
  background: var(--accent);
  color: var(--on-accent);
}

button[part~='danger'] {
  border-color: var(--danger);
  color: var(--danger);
}

[part='banner'] {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  align-items: center;
  gap: 0.8rem 1.5rem;
  padding: 1rem clamp(1rem, 3vw, 1.75rem);
  border: 1px solid var(--accent);
  border-radius: var(--radius);
  background: var(--background);
  font-weight: 600;
}

[part='text'] {
  min-width: min(100%, 14rem);
  flex: 1;
}
`;
