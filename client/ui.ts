import { define } from './ui/element.js';
import { WheatearSuperseded } from './ui/superseded.js';

export { type SupersededMessages, supersededMessages, WheatearSuperseded } from './ui/superseded.js';

declare global {
  interface HTMLElementTagNameMap {
    'wheatear-superseded': WheatearSuperseded;
  }
}

define('wheatear-superseded', WheatearSuperseded);
