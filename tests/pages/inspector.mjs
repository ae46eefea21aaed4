// A page with an inspector of a database whose names are odd, and what can be seen in it.

import { deleteDatabase, open } from '/package/index.js';
import { migrating } from './worker-options.mjs';

const name = 'inspected';
const first = {
  '0001.odd.sql': `
CREATE TABLE "a""b" ("select" TEXT, id INTEGER PRIMARY KEY, big, real REAL DEFAULT 1.5, bytes BLOB,
  twice AS (id * 2), thrice AS (id * 3) STORED);
CREATE INDEX "in dex" ON "a""b" ("select");
CREATE TABLE "select" ("from" INTEGER REFERENCES "a""b" (id) ON DELETE CASCADE, rowid TEXT UNIQUE);
CREATE TABLE pair (a INTEGER, b TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE many (n INTEGER NOT NULL) STRICT;
CREATE TABLE "it's [odd]" (x);
CREATE VIEW "v;iew" AS SELECT "select" AS "order", id FROM "a""b";
CREATE VIEW broken AS SELECT * FROM gone;
CREATE VIRTUAL TABLE words USING fts5(text);
CREATE TRIGGER "trig ger" AFTER INSERT ON pair BEGIN INSERT INTO many VALUES (CASE WHEN new.a THEN 1 ELSE 2 END); END;
`,
};
const second = { '0002.late.sql': 'CREATE TABLE later (x);' };
const rows = `
INSERT INTO "a""b" ("select", big, real, bytes) VALUES
  ('it''s <b>text</b>', 9007199254740993, 2.0, x'00ff10'), (NULL, -9223372036854775808, 0.5, zeroblob(40)),
  ('', 1, NULL, NULL), ('line' || char(10) || 'two' || char(0) || '!', 3.0, 1e300, x'');
INSERT INTO "select" VALUES (1, 'shadowed');
INSERT INTO pair VALUES (1, 'p'), (2, replace(hex(zeroblob(3000)), '0', 'é'));
INSERT INTO words VALUES ('a wheatear');
INSERT INTO many SELECT value FROM json_each('[' || substr(replace(hex(zeroblob(249)), '00', ',7'), 2) || ']');
`;

/** @type {import('../../client/index.js').Database} */
let database;

/** Which files of the inspector the page has loaded. */
export function loaded() {
  const addresses = performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname);
  return addresses.filter((address) => address.startsWith('/package/ui/'));
}

/** Opens it anew, with rows. */
export async function fill() {
  await deleteDatabase(name);
  await visit();
  await database.exec(rows);
}

/** Opens it as it is. */
export async function visit() {
  database = await open(name, { ...migrating({ ...first, ...second }), target: '0001.odd' });
}

/** Upgrades it, as a newer version of the application does. */
export async function upgrade() {
  const migrations = { ...first, ...second, '0003.newer.sql': 'CREATE TABLE newer (x);' };
  database = await open(name, migrating(migrations));
}

/** Puts the inspector into the page, once its element is known. */
export async function put() {
  await import('/package/ui.js');
  const before = loaded().some((address) => address.includes('/inspector/'));
  const inspector = document.createElement('wheatear-inspector');
  const main = document.createElement('main');
  main.append(Object.assign(document.createElement('h1'), { textContent: 'A page' }), inspector);
  document.documentElement.style.colorScheme = 'light dark';
  document.body.replaceChildren(main);
  inspector.database = database;
  await seen('[role=tab]', (tabs) => tabs.length === 5);
  return before;
}

/**
 * Calls a check until it does not throw any more; what it throws after ten seconds says what was in sight.
 *
 * @template Result
 * @param {() => Result} check
 * @returns {Promise<Result>}
 */
async function eventually(check) {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      return check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until what can be seen of what a selector says fits. */
async function seen(/** @type {string} */ selector, /** @type {(found: HTMLElement[]) => unknown} */ fits) {
  return eventually(() => {
    const found = allOf(selector);
    if (!fits(found))
      throw new Error(`${selector}: ${found.map(({ innerText }) => innerText.slice(0, 500)).join('\n')}`);
    return found;
  });
}

/** @returns {HTMLElement[]} */
function allOf(/** @type {string} */ selector) {
  const root = document.querySelector('wheatear-inspector')?.shadowRoot;
  return [...(root?.querySelectorAll(selector) ?? [])].filter(
    /** @returns {element is HTMLElement} */ (element) => element instanceof HTMLElement && element.checkVisibility(),
  );
}

/** Chooses a tab, and waits until what it shows was read. */
export async function choose(/** @type {string} */ title) {
  const isIt = (/** @type {HTMLElement} */ tab) => tab.textContent === title;
  const tabs = await seen('[role=tab]', (found) => found.some(isIt));
  tabs.find(isIt)?.click();
  await seen('[role=tabpanel]', ([panel]) => panel && !/Reading …/.test(panel.innerText));
}

/** Presses the button that has this text, below what a selector finds. */
export async function press(/** @type {string} */ text, /** @type {string} */ within = '[role=tabpanel]') {
  const isIt = (/** @type {HTMLElement} */ button) => button.textContent === text;
  const buttons = await seen(`${within} button`, (found) => found.some(isIt));
  buttons.find(isIt)?.click();
}

/** Unfolds what there is to know of a table or view, and gives what can be seen then. */
export async function unfold(/** @type {string} */ table, /** @type {string} */ until) {
  const selector = `details[data-name="${CSS.escape(table)}"]`;
  const [details] = await seen(selector, ([found]) => found);
  if (details instanceof HTMLDetailsElement) details.open = true;
  const [full] = await seen(selector, ([found]) => found?.innerText.includes(until));
  return full?.innerText;
}

/** Chooses a table in the panel of rows. */
export async function select(/** @type {string} */ table) {
  await seen('select', ([choice]) => choice instanceof HTMLSelectElement && choice.options.length > 0);
  const [choice] = allOf('select');
  if (!(choice instanceof HTMLSelectElement)) throw new Error('there is no choice');
  choice.value = table;
  choice.dispatchEvent(new Event('change'));
}

/** Waits for rows that have this text in them, and gives them: texts and types of their cells. */
export async function cells(/** @type {string} */ label, /** @type {string} */ until) {
  const selector = `table[aria-label="${CSS.escape(label)}"]`;
  const [table] = await seen(selector, ([found]) => found?.innerText.includes(until));
  const rows = [...(table?.querySelectorAll('tbody tr') ?? [])];
  return {
    columns: [...(table?.querySelectorAll('th') ?? [])].map(({ innerText }) => innerText.trim()),
    rows: rows.map((row) => [...row.querySelectorAll('td')].map((cell) => `${cell.dataset.type} ${cell.textContent}`)),
  };
}

/** Waits until the panel in sight has this text in it, and gives all that can be read in it. */
export async function panel(/** @type {string} */ until) {
  const [found] = await seen('[role=tabpanel]', ([panel]) => panel?.innerText.includes(until));
  return found?.innerText;
}

/** Waits for what is told of an error. */
export async function alert(/** @type {string} */ until) {
  const alerts = await seen('[role=alert]', (found) => found.some(({ innerText }) => innerText.includes(until)));
  return alerts.map(({ innerText }) => innerText);
}

/** Writes into the box for SQL, and presses a button if there is one named. */
export async function write(/** @type {string} */ sql, /** @type {string | undefined} */ action) {
  await choose('SQL');
  const [box] = allOf('textarea');
  if (!(box instanceof HTMLTextAreaElement)) throw new Error('there is no box');
  box.value = sql;
  box.focus();
  if (action) await press(action);
}

/** The plan of a query: each step with how deep it stands in the tree. */
export async function steps(/** @type {string} */ until) {
  const found = await seen('.plan code', (all) => all.some(({ textContent }) => textContent?.includes(until)));
  const depth = (/** @type {Element | null | undefined} */ element) => {
    let depth = 0;
    for (let at = element?.parentElement?.closest('.plan'); at; at = at.parentElement?.closest('.plan')) depth++;
    return depth;
  };
  return found.map((step) => `${depth(step)} ${step.textContent}`);
}

/** @type {number | undefined} */
let watched;

/** Has the page watch how many rows there are. */
export async function watch() {
  database.watch('SELECT count(*) FROM many', [], {
    rows: 'array',
    onRows: ({ rows }) => (watched = Number(rows[0]?.[0])),
  });
  return eventually(() => {
    if (watched === undefined) throw new Error('nothing was watched');
    return watched;
  });
}

/** Waits until so many rows were seen by that. */
export function sees(/** @type {number} */ count) {
  return eventually(() => {
    if (watched !== count) throw new Error(`${watched} rows instead of ${count}`);
  });
}

/** Gives the focus to the tab that is chosen. */
export function focusTab() {
  allOf('[aria-selected=true]')[0]?.focus();
}

/** Which tab has the focus, of those in the inspector. */
export function focused() {
  return document.querySelector('wheatear-inspector')?.shadowRoot?.activeElement?.textContent;
}

export function exec(/** @type {string} */ sql) {
  return database.exec(sql);
}

export function close() {
  return database.close();
}

/** Takes the inspector out of the page, and asks the database for something, which must not wait for what was left. */
export function takeAway() {
  document.body.replaceChildren();
  return database.query('SELECT 1 AS one', [], { signal: AbortSignal.timeout(10_000) });
}
