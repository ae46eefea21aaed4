import type { Progress, StepProgress } from '../protocol/progress.js';
import { WheatearElement } from './element.js';
import { element } from './nodes.js';

/** The texts of `<wheatear-upgrade>`. */
export interface UpgradeMessages {
  readonly title: string;
  readonly text: string;
  /** Which step it is, counted from 1, of how many. */
  readonly step: (number: number, count: number, migrationId: string) => string;
  readonly checking: string;
  readonly committing: string;
  /** How long one statement has been going on, in whole seconds. */
  readonly elapsed: (seconds: number) => string;
}

/** Those in English. */
export const upgradeMessages: UpgradeMessages = {
  title: 'Updating your data…',
  text: 'Please keep this page open.',
  step: (number, count) => `Step ${number} of ${count}`,
  checking: 'Checking…',
  committing: 'Saving…',
  elapsed: (seconds) => `${seconds} s`,
};

/** A statement that takes longer, in milliseconds, is told to be going on. */
const longStatementMs = 3000;

/**
 * `<wheatear-upgrade>`: how far an upgrade is, for `onProgress`. It shows nothing before there is progress, and for the first
 * moment of it, so that a quick upgrade does not flash.
 *
 * ```ts
 * const upgrade = document.createElement('wheatear-upgrade');
 * document.body.append(upgrade);
 * const db = await open('weather', { migrations, onProgress: upgrade.onProgress }).finally(() => upgrade.remove());
 * ```
 *
 * Slot: one without a name, for what is below the bar, such as a button that cancels. Parts: `upgrade`, `title`, `text`, `track`,
 * `bar`, `step`.
 */
export class WheatearUpgrade extends WheatearElement<UpgradeMessages> {
  #delay = 400;
  #progress: Progress | undefined;
  #step: StepProgress | undefined;
  /** How many steps are done. */
  #done = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isShown = false;

  constructor() {
    super(upgradeMessages);
  }

  /** For the option `onProgress` as it is: sets `progress`. */
  readonly onProgress = (progress: Progress): void => {
    this.progress = progress;
  };

  /** How long it waits until it shows itself, in milliseconds: 400 if nothing else is said. */
  get delay(): number {
    return this.#delay;
  }

  set delay(delay: number) {
    this.#delay = delay;
  }

  /** What was told last; `undefined` when it is over, which hides it. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  set progress(progress: Progress | undefined) {
    this.#progress = progress;
    if (!progress) this.#end();
    else if (progress.type === 'step') {
      this.#step = progress;
      this.#done = progress.number - 1;
    } else if (progress.type === 'phase' && progress.phase !== 'planning' && progress.phase !== 'migrating') {
      this.#done = this.#step?.number ?? 0;
    }
    this.#wait();
    this.update();
  }

  /** For the browser, which calls it when the element is put into a page. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.#wait();
  }

  /** For the browser, which calls it when the element is taken out of a page. */
  disconnectedCallback(): void {
    this.#end();
  }

  /** @internal */
  protected override render(): void {
    if (!this.#isShown) {
      this.show();
      return;
    }
    const { title, text } = this.messages;
    // What is there stays, so that the bar moves on and a screen reader is not told everything anew.
    if (!this.#find('upgrade')) this.show(this.#frame());
    this.#write('title', title);
    this.#write('text', text);
    this.#write('step', this.#doing());
    const track = this.#find('track');
    const bar = this.#find('bar');
    if (!track || !bar) return;
    track.setAttribute('aria-label', title);
    if (!this.#step) return;
    // The last part is for checking and saving.
    const percent = Math.round((100 * this.#done) / (this.#step.count + 1));
    track.setAttribute('aria-valuenow', String(percent));
    track.setAttribute('aria-valuetext', this.#doing());
    bar.style.inlineSize = `${percent}%`;
  }

  #frame(): HTMLElement {
    const track = element('div', { part: 'track', role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' });
    track.append(element('div', { part: 'bar' }));
    return element(
      'div',
      { part: 'upgrade' },
      element('div', { role: 'status' }, element('p', { part: 'title' }), element('p', { part: 'text' })),
      track,
      // The bar says so, too.
      element('p', { part: 'step', 'aria-hidden': 'true' }),
      element('slot'),
    );
  }

  #doing(): string {
    const { step, checking, committing, elapsed } = this.messages;
    const progress = this.#progress;
    if (progress?.type === 'phase' && progress.phase === 'checking') return checking;
    if (progress?.type === 'phase' && progress.phase === 'committing') return committing;
    if (!this.#step) return '';
    const { number, count, migrationId } = this.#step;
    const which = step(number, count, migrationId);
    if (progress?.type !== 'working' || progress.elapsedMs < longStatementMs) return which;
    return `${which} · ${elapsed(Math.floor(progress.elapsedMs / 1000))}`;
  }

  #write(part: string, text: string): void {
    const found = this.#find(part);
    if (found && found.textContent !== text) found.textContent = text;
  }

  #find(part: string): HTMLElement | null | undefined {
    return this.shadowRoot?.querySelector<HTMLElement>(`[part='${part}']`);
  }

  #wait(): void {
    if (!this.#progress || this.#timer !== undefined || !this.isConnected) return;
    this.#timer = setTimeout(() => {
      this.#isShown = true;
      this.update();
    }, this.#delay);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isShown = false;
    this.#progress = undefined;
    this.#step = undefined;
    this.#done = 0;
  }
}
