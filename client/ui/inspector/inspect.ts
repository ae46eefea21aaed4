import { element } from '../nodes.js';
import type { InspectedDatabase } from './database.js';
import { failure } from './failure.js';
import { migrationsPanel } from './migrations-panel.js';
import { RowsPanel } from './rows-panel.js';
import { schemaPanel } from './schema-panel.js';
import type { Panel } from './section.js';
import { SqlPanel } from './sql-panel.js';
import { storagePanel } from './storage-panel.js';
import { styles } from './styles.js';
import { Tabs } from './tabs.js';

/** At most so often what is in sight is read anew because rows were changed, in milliseconds. */
const pause = 250;

/** One for all inspectors of a page. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);

/** Shows what is in a database until the signal is aborted. */
export function inspect(root: ShadowRoot, database: InspectedDatabase | undefined, signal: AbortSignal): void {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const place = element('div', { part: 'inspector' });
  root.replaceChildren(place);
  if (!database) {
    place.append(element('p', {}, 'Nothing to inspect yet: set the property database.'));
    return;
  }
  const panels = panelsOf(database, signal, () => tabs.choose(1));
  const tabs = new Tabs(panels);
  const ended = element('div');
  const heading = element('h2', {}, 'Database ', element('code', {}, database.name));
  place.append(heading, ended, tabs.list, ...tabs.places);
  tabs.choose(0);

  let due: ReturnType<typeof setTimeout> | undefined;
  const refresh = () => {
    due ??= setTimeout(() => {
      due = undefined;
      tabs.shown?.refresh();
    }, pause);
  };
  database.addEventListener('change', refresh, { signal });
  // It reads no table, so that it is run again only when another tab becomes the owner; and it hears of the end.
  const life = database.watch('SELECT 1', [], {
    rows: 'array',
    onRows: refresh,
    onError: (error) => ended.replaceChildren(failure(error)),
  });
  signal.addEventListener('abort', () => {
    clearTimeout(due);
    life.stop();
    tabs.shown?.hide();
  });
}

function panelsOf(database: InspectedDatabase, signal: AbortSignal, showRows: () => void): readonly Panel[] {
  const rows = new RowsPanel(database);
  const schema = schemaPanel(database, (table) => {
    rows.table = table;
    showRows();
  });
  return [schema, rows, migrationsPanel(database), storagePanel(database), new SqlPanel(database, signal)];
}
