import { define } from './ui/element.js';
import { WheatearInspector } from './ui/inspector.js';
import { WheatearRecovery } from './ui/recovery.js';
import { WheatearSuperseded } from './ui/superseded.js';
import { WheatearUpgrade } from './ui/upgrade.js';

export type { InspectedDatabase } from './ui/inspector/database.js';
export { WheatearInspector } from './ui/inspector.js';
export { WheatearRecovery } from './ui/recovery.js';
export { type RecoveryCase, recoveryCase } from './ui/recovery-case.js';
export { type RecoveryMessages, type RecoveryWords, recoveryMessages } from './ui/recovery-messages.js';
export { type SupersededMessages, supersededMessages, WheatearSuperseded } from './ui/superseded.js';
export { type UpgradeMessages, upgradeMessages, WheatearUpgrade } from './ui/upgrade.js';

declare global {
  interface HTMLElementTagNameMap {
    'wheatear-inspector': WheatearInspector;
    'wheatear-recovery': WheatearRecovery;
    'wheatear-superseded': WheatearSuperseded;
    'wheatear-upgrade': WheatearUpgrade;
  }
}

define('wheatear-inspector', WheatearInspector);
define('wheatear-recovery', WheatearRecovery);
define('wheatear-superseded', WheatearSuperseded);
define('wheatear-upgrade', WheatearUpgrade);
