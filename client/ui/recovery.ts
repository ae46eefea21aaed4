import { deleteDatabase, exportDatabase } from '../page/databases.js';
import type { WorkerOptions } from '../page/start-worker.js';
import { confirmed } from './confirm.js';
import { WheatearElement } from './element.js';
import { detailsOf, isPartlyDone, messageOf } from './error-details.js';
import { button, element } from './nodes.js';
import { codeOf, type RecoveryCase, recoveryCase, remedies } from './recovery-case.js';
import { type RecoveryMessages, type RecoveryWords, recoveryMessages } from './recovery-messages.js';
import { saveFile } from './save-file.js';

/** Cases in which an upgrade was not done, or not even begun. */
const unchangedCases: readonly RecoveryCase[] = ['failed', 'newer', 'foreign', 'cancelled', 'full'];

/**
 * `<wheatear-recovery>`: what is shown in place of an application whose database could not be opened: what happened, in words
 * for people, and what can be done about it. Set `error` to what `open` has rejected with, and `database` to its name.
 *
 * ```ts
 * const recovery = document.createElement('wheatear-recovery');
 * recovery.error = error;
 * recovery.database = 'weather';
 * document.body.append(recovery);
 * ```
 *
 * Events, each of which can be cancelled: `wheatear-retry`, after which the page is reloaded; `wheatear-start-over`, after which
 * the database is deleted and `wheatear-retry` follows. Slots: `actions`, for more buttons, and one without a name, for what is
 * below them. Parts: `recovery`, `title`, `text`, `unchanged`, `actions`, `button` (with `retry`, `download`, `start-over`,
 * `copy`, `cancel` or `confirm`), `status`, `details`, `message`, `dialog`, `dialog-title`, `dialog-text`.
 */
export class WheatearRecovery extends WheatearElement<RecoveryMessages> {
  #error: unknown;
  #database: string | undefined;
  #fileName: string | undefined;
  #options: WorkerOptions = {};
  #status = '';
  #isBusy = false;
  #hasFocus = false;

  constructor() {
    super(recoveryMessages);
  }

  /** What `open` has rejected with; nothing is shown before it is set, and of `undefined`. It moves the focus to the title. */
  get error(): unknown {
    return this.#error;
  }

  set error(error: unknown) {
    this.#error = error;
    this.#status = '';
    this.#hasFocus = false;
    this.update();
  }

  /** The name of the database; without it, there is nothing to download or to delete. */
  get database(): string | undefined {
    return this.#database;
  }

  set database(name: string | undefined) {
    // An empty one is none, as the null of an attribute that is not there.
    this.#database = name || undefined;
    this.update();
  }

  /** What the file is called that is downloaded; if nothing else is said, the name of the database with `.sqlite3` behind it. */
  get fileName(): string {
    return this.#fileName || `${this.#database ?? 'database'}.sqlite3`;
  }

  set fileName(name: string | undefined) {
    this.#fileName = name;
  }

  /**
   * The options of `open`, of which a worker of the application's own, and where the wasm module is, are needed to download the
   * database; the others do nothing here.
   */
  get options(): WorkerOptions {
    return this.#options;
  }

  set options(options: WorkerOptions) {
    this.#options = options;
  }

  /**
   * Does something about it, such as restoring a backup, while the buttons of this element do nothing and it says what is done. An error that it rejects with takes the place of the one that is shown.
   *
   * @returns whether it has worked
   */
  async attempt(doing: string, work: () => Promise<unknown>): Promise<boolean> {
    if (this.#isBusy) return false;
    this.#say(doing, true);
    try {
      await work();
      this.#say('', false);
      return true;
    } catch (error) {
      this.#say('', false);
      this.error = error ?? new Error(String(error));
      return false;
    }
  }

  /** Moves the focus to the title. */
  override focus(options?: FocusOptions): void {
    this.#find('title')?.focus(options);
  }

  /** @internal */
  protected override render(): void {
    if (this.#error === undefined) {
      this.show();
      return;
    }
    const what = recoveryCase(this.#error);
    const { title, text } = this.#words(what);
    // No alert: the focus is moved to it, and a screen reader would say it twice.
    const section = element('section', {
      part: 'recovery',
      'aria-labelledby': 'title',
      'aria-busy': String(this.#isBusy),
    });
    section.append(
      element('h2', { id: 'title', part: 'title', tabindex: '-1', 'aria-describedby': 'text outcome' }, title),
      element('p', { id: 'text', part: 'text' }, text),
      element('p', { id: 'outcome', part: 'unchanged' }, this.#outcome(what)),
      element('div', { part: 'actions' }, ...this.#actions(what), element('slot', { name: 'actions' })),
      element('p', { part: 'status', role: 'status' }, this.#status),
      element('slot'),
      this.#details(),
    );
    this.show(section);
    if (this.#hasFocus) return;
    this.#hasFocus = true;
    this.focus();
  }

  #words(what: RecoveryCase): RecoveryWords {
    const { cases, codes } = this.messages;
    const code = codeOf(this.#error);
    const own = code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined;
    return { ...cases[what], ...own };
  }

  #outcome(what: RecoveryCase): string {
    if (isPartlyDone(this.#error)) return this.messages.partlyDone;
    return unchangedCases.includes(what) ? this.messages.unchanged : '';
  }

  #actions(what: RecoveryCase): HTMLButtonElement[] {
    const { tryAgain, reload, download, startOver } = this.messages;
    const actions = [
      button(
        'primary retry',
        what === 'newer' ? reload : tryAgain,
        this.#unlessBusy(() => this.#retry()),
      ),
    ];
    const name = this.#database;
    if (name !== undefined) {
      if (remedies[what].download)
        actions.push(
          button(
            'download',
            download,
            this.#unlessBusy(() => this.#download(name)),
          ),
        );
      if (remedies[what].startOver)
        actions.push(
          button(
            'danger start-over',
            startOver,
            this.#unlessBusy(() => this.#startOver(name)),
          ),
        );
    }
    return actions;
  }

  #unlessBusy(work: () => unknown): () => void {
    return () => {
      if (!this.#isBusy) void work();
    };
  }

  #details(): HTMLElement {
    const message = messageOf(this.#error);
    const told = detailsOf(this.#error, this.messages);
    const copied = element('span', { role: 'status' });
    const copy = async () => {
      const text = [message, ...told.map((detail) => detail.join(': '))].join('\n');
      const isCopied = await navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      );
      copied.textContent = isCopied ? this.messages.copied : this.messages.copyFailed;
    };
    return element(
      'details',
      { part: 'details' },
      element('summary', {}, this.messages.details),
      element('p', { part: 'message' }, message),
      element(
        'dl',
        {},
        ...told.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
      ),
      element(
        'div',
        { part: 'actions' },
        button('copy', this.messages.copy, () => void copy()),
        copied,
      ),
    );
  }

  #retry(): void {
    this.ask('wheatear-retry', () => location.reload());
  }

  async #download(name: string): Promise<void> {
    const { downloading, downloaded, downloadFailed } = this.messages;
    this.#say(downloading, true);
    const { worker, wasm } = this.#options;
    try {
      saveFile(await exportDatabase(name, { ...(worker && { worker }), ...(wasm && { wasm }) }), this.fileName);
      this.#say(downloaded(this.fileName), false);
    } catch (error) {
      this.#say(downloadFailed(messageOf(error)), false);
    }
  }

  async #startOver(name: string): Promise<void> {
    const { confirmTitle, confirmText, confirm, cancel, startingOver } = this.messages;
    const root = this.shadowRoot;
    if (!root || !(await confirmed(root, { title: confirmTitle, text: confirmText, confirm, cancel }))) return;
    this.ask('wheatear-start-over', async () => {
      if (await this.attempt(startingOver, () => deleteDatabase(name))) this.#retry();
    });
  }

  /** Says what is going on, and whether anything else can be done meanwhile. */
  #say(status: string, isBusy: boolean): void {
    this.#status = status;
    this.#isBusy = isBusy;
    const shown = this.#find('status');
    if (shown) shown.textContent = status;
    // Disabled for real, the one that was pressed would lose the focus.
    this.#find('recovery')?.setAttribute('aria-busy', String(isBusy));
  }

  #find(part: string): HTMLElement | null | undefined {
    return this.shadowRoot?.querySelector<HTMLElement>(`[part~='${part}']`);
  }
}
