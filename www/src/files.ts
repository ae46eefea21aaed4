import type { Backup, DurableKind } from 'wheatear';
import { onPress, whileBusy } from './actions.js';
import { adviceForFile } from './advice.js';
import { showBackups } from './backup-list.js';
import { confirmed } from './confirm.js';
import { byId, element } from './dom.js';
import { reportFailure } from './failure-report.js';
import { formatBytes } from './format.js';
import { saveFile } from './save-file.js';
import { storageNames } from './storage-names.js';
import { upgradeSummary } from './timeline.js';
import { type Weather, weatherBackups } from './weather-database.js';

/** Export, import, backups and the move to another storage: the card “Take it with you”. */
export class Files {
  readonly #weather: Weather;
  readonly #showAll: () => Promise<void>;
  readonly #status = byId('files-status', HTMLParagraphElement);
  readonly #failure = byId('files-failure', HTMLElement);
  readonly #move = byId('move', HTMLButtonElement);

  /** @param showAll reads the whole page anew, after the database has been replaced. */
  constructor(weather: Weather, showAll: () => Promise<void>) {
    this.#weather = weather;
    this.#showAll = showAll;
  }

  /** Makes the buttons work. */
  prepare(): void {
    const button = byId('import', HTMLButtonElement);
    const input = byId('import-file', HTMLInputElement);
    onPress(byId('export', HTMLButtonElement), () => this.#export());
    onPress(this.#move, () => this.#moveTo(otherHome(this.#weather)));
    onPress(button, async () => input.click());
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      const wal = files.find(({ name }) => name.endsWith('-wal'));
      const file = files.find((each) => each !== wal);
      if (file) void whileBusy(button, () => this.#import(file, wal)).finally(() => forget(input));
    });
  }

  /** Shows what there is to restore, and where the database can be moved to. */
  async show(): Promise<void> {
    this.#move.textContent = `Move to ${storageNames[otherHome(this.#weather)]}`;
    const backups = await weatherBackups();
    byId('no-backups', HTMLParagraphElement).hidden = backups.length > 0;
    showBackups(byId('backups', HTMLUListElement), backups, (backup) => this.#restore(backup));
  }

  #export(): Promise<void> {
    return this.#attempt('Exporting…', 'The database was not exported', async () => {
      const file = await this.#weather.export();
      saveFile(file, 'weather.sqlite3');
      return `Exported as weather.sqlite3, ${formatBytes(file.size)}.`;
    });
  }

  async #import(file: File, wal: File | undefined): Promise<void> {
    const question = {
      title: 'Replace this database?',
      text: `All that is in it gives way to what is in ${file.name} (${formatBytes(file.size)}). Export it first if you want to keep it. A file that is no sound database changes nothing.`,
      action: 'Replace it',
    };
    if (!(await confirmed(question))) return;
    await this.#attempt(`Importing ${file.name}…`, 'The file was not imported', async () => {
      await this.#weather.replaceBy(file, wal);
      return `Imported ${file.name}. ${upgradeSummary(this.#weather.report)}.`;
    });
  }

  async #restore(backup: Backup): Promise<void> {
    const question = {
      title: 'Restore this backup?',
      text: `The database becomes what ${backup.name} holds, and is upgraded again. Rows that were added since then are lost; export the database first if you want to keep them.`,
      action: 'Restore it',
    };
    if (!(await confirmed(question))) return;
    await this.#attempt(`Restoring ${backup.name}…`, 'The backup was not restored', async () => {
      await this.#weather.restore(backup);
      return `Restored ${backup.name}. ${upgradeSummary(this.#weather.report)}.`;
    });
    // The button that was pressed may have given way to another.
    byId('backups-title', HTMLHeadingElement).focus();
  }

  #moveTo(kind: DurableKind): Promise<void> {
    const name = storageNames[kind];
    return this.#attempt(`Moving to ${name}…`, 'The database was not moved', async () => {
      await this.#weather.moveTo(kind);
      return `Moved to ${name}, with every row.`;
    });
  }

  /** Does some work and says how it went; if it fails, the page goes on with the database as it was. */
  async #attempt(doing: string, failed: string, work: () => Promise<string>): Promise<void> {
    this.#failure.hidden = true;
    this.#status.textContent = doing;
    let done: string;
    try {
      done = await work();
    } catch (error) {
      this.#status.textContent = '';
      // Without a database the page has to stop.
      if (!this.#weather.isOpen) throw error;
      const heading = element('h3', {}, failed);
      this.#failure.hidden = false;
      reportFailure(this.#failure, error, { heading, advice: adviceForFile(error) });
      await this.show();
      return;
    }
    await this.#showAll();
    this.#status.textContent = done;
  }
}

function otherHome({ storage }: Weather): DurableKind {
  return storage.kind === 'opfs' ? 'indexeddb' : 'opfs';
}

/** So that choosing the same file again is a change again. */
function forget(input: HTMLInputElement): void {
  input.value = '';
}
