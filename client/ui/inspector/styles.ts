/** How the inspector looks, beside what all elements have in common. */
export const styles = `
:host {
  --_wheatear-mono: var(--wheatear-mono, ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace);
  --_wheatear-sunken: var(--wheatear-sunken, color-mix(in srgb, var(--_wheatear-text) 6%, var(--_wheatear-background)));
  --_wheatear-hair: color-mix(in srgb, var(--_wheatear-line) 45%, var(--_wheatear-background));
}

[part='inspector'] {
  padding: clamp(0.75rem, 3vw, 1.25rem);
  border: 1px solid var(--_wheatear-line);
  border-radius: var(--_wheatear-radius);
  background: var(--_wheatear-background);
  font-size: 0.9rem;
}

h2 {
  margin-bottom: 0.75rem;
  font-size: 1.05rem;
  line-height: 1.3;
}

h3, h4 {
  margin: 1.25rem 0 0.5rem;
  line-height: 1.3;
}

h3 {
  font-size: 1rem;
}

h4 {
  font-size: 0.9rem;
}

code, pre, textarea, td[data-type] {
  font-family: var(--_wheatear-mono);
  font-size: 0.85rem;
}

code {
  overflow-wrap: anywhere;
}

button, select {
  min-height: 34px;
  padding: 0.25rem 0.75rem;
  border: 1px solid var(--_wheatear-line);
  border-radius: min(8px, var(--_wheatear-radius));
  background: transparent;
  color: inherit;
  font: inherit;
  font-weight: 500;
}

button:disabled {
  opacity: 0.6;
  cursor: default;
}

select {
  min-width: min(100%, 12rem);
  max-width: 100%;
  background: var(--_wheatear-background);
}

.tabs {
  display: flex;
  flex-wrap: wrap;
  gap: 0.15rem;
  border-bottom: 1px solid var(--_wheatear-line);
}

.tabs button {
  min-height: 40px;
  padding: 0.25rem clamp(0.3rem, 1.2vw, 0.9rem);
  border: 0;
  border-bottom: 3px solid transparent;
  border-radius: 0;
  color: var(--_wheatear-dim);
}

.tabs button:hover {
  color: var(--_wheatear-text);
}

.tabs [aria-selected='true'] {
  border-bottom-color: var(--_wheatear-accent);
  color: var(--_wheatear-text);
  font-weight: 650;
}

[role='tabpanel'] {
  padding-top: 1rem;
}

[role='tabpanel'] > div > section:first-child > h3:first-child,
[role='tabpanel'] section > div > h3:first-child {
  margin-top: 0;
}

.tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem;
  margin-block: 0.6rem;
}

.tools:first-child {
  margin-top: 0;
}

.dim, .note {
  color: var(--_wheatear-dim);
}

.note {
  font-family: var(--wheatear-font, inherit);
  font-size: 0.8rem;
  font-weight: 400;
}

.tag {
  padding: 0.05rem 0.45rem;
  border: 1px solid var(--_wheatear-line);
  border-radius: 99px;
  color: var(--_wheatear-dim);
  font-size: 0.75rem;
  white-space: nowrap;
}

.tag[data-state='pending'], .tag[data-state='late'] {
  border-color: var(--_wheatear-accent);
  color: var(--_wheatear-accent);
}

.tag[data-state='edited'], .tag[data-state='unknown'], .tag[data-state='partly_replaced'] {
  border-color: var(--_wheatear-danger);
  color: var(--_wheatear-danger);
}

.failure {
  margin-block: 0.6rem;
  padding: 0.6rem 0.9rem;
  border-left: 4px solid var(--_wheatear-danger);
  background: var(--_wheatear-sunken);
  overflow-wrap: anywhere;
}

.failure > code {
  color: var(--_wheatear-danger);
  font-weight: 650;
}

.failure > p {
  font-family: var(--_wheatear-mono);
  font-size: 0.85rem;
  white-space: pre-wrap;
}

.entry {
  border: 1px solid var(--_wheatear-hair);
  border-radius: min(8px, var(--_wheatear-radius));
}

.entry + .entry {
  margin-top: 0.35rem;
}

summary {
  width: auto;
  padding: 0.4rem 0.7rem;
  color: inherit;
}

summary > * {
  margin-inline-end: 0.25rem;
}

.entry > :not(summary) {
  margin: 0 0.7rem 0.7rem;
}

ul {
  padding-inline-start: 1.2rem;
}

.scroll {
  max-height: 70vh;
  overflow: auto;
  border: 1px solid var(--_wheatear-hair);
  border-radius: min(8px, var(--_wheatear-radius));
}

table {
  width: 100%;
  border-collapse: collapse;
}

th, td {
  padding: 0.3rem 0.6rem;
  border-bottom: 1px solid var(--_wheatear-hair);
  text-align: start;
  vertical-align: top;
}

th {
  position: sticky;
  top: 0;
  background: var(--_wheatear-sunken);
  font-size: 0.8rem;
  font-weight: 600;
  white-space: nowrap;
}

td > code, td > time {
  white-space: nowrap;
}

tr:last-child > td {
  border-bottom: 0;
}

td[data-type] {
  max-width: 28rem;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

td[data-type='INTEGER'], td[data-type='REAL'], td[data-type='BLOB'] {
  white-space: nowrap;
}

td[data-type='NULL'] {
  color: var(--_wheatear-dim);
  font-style: italic;
}

td .text::before, td .text::after {
  color: var(--_wheatear-dim);
  content: "'";
}

pre {
  margin: 0 0 0.5rem;
  padding: 0.6rem 0.8rem;
  border-radius: min(8px, var(--_wheatear-radius));
  background: var(--_wheatear-sunken);
  overflow-x: auto;
}

pre > code {
  overflow-wrap: normal;
}

dl {
  display: grid;
  gap: 0.45rem;
  margin: 0;
}

dl + .entry, .dim + div > .plan:first-child {
  margin-top: 0.75rem;
}

dl > div {
  display: grid;
  grid-template-columns: minmax(8rem, 12rem) 1fr;
  gap: 0 1rem;
}

dt, dd {
  font: inherit;
}

dt {
  color: var(--_wheatear-dim);
}

dd {
  overflow-wrap: anywhere;
}

@media (max-width: 34rem) {
  dl > div {
    grid-template-columns: 1fr;
  }
}

label {
  font-weight: 600;
}

textarea {
  display: block;
  width: 100%;
  margin-top: 0.35rem;
  padding: 0.6rem 0.8rem;
  border: 1px solid var(--_wheatear-line);
  border-radius: min(8px, var(--_wheatear-radius));
  background: var(--_wheatear-background);
  color: var(--_wheatear-text);
  line-height: 1.5;
  resize: vertical;
}

.plan {
  padding-inline-start: 1.1rem;
}

.plan .plan {
  border-inline-start: 1px solid var(--_wheatear-hair);
}

.plan li {
  padding-block: 0.1rem;
}

.plan [data-step='scan'] {
  color: var(--_wheatear-danger);
  font-weight: 600;
}
`;
