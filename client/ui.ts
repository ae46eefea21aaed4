import { define } from './ui/element.js';
import { WheatearInspector } from './ui/inspector.js';
import { WheatearSuperseded } from './ui/superseded.js';

export type { InspectedDatabase } from './ui/inspector/database.js';
export { WheatearInspector } from './ui/inspector.js';
export { type SupersededMessages, supersededMessages, WheatearSuperseded } from './ui/superseded.js';

declare global {
  interface HTMLElementTagNameMap {
    'wheatear-inspector': WheatearInspector;
    'wheatear-superseded': WheatearSuperseded;
  }
}

define('wheatear-inspector', WheatearInspector);
define('wheatear-superseded', WheatearSuperseded);
