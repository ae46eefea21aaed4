import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.mjs';
import { PlainBrowser } from './plain-browser.mjs';
import { startSite } from './site.mjs';

/** How long a browser may take to start, and a page to do or to tell something, in milliseconds. */
export const patience = 60_000;

/**
 * A browser at a page that asks what to do (`/NAME/next`) and tells what happens (`/NAME/event`), with one profile and one
 * site however often it is killed and started again.
 */
export class CommandedBrowser {
  #name;
  #engine;
  #profile = '';
  /** @type {import('./site.mjs').Site | undefined} */
  #site;
  /** @type {PlainBrowser | undefined} */
  #browser;
  /** How often it was started. */
  #starts = 0;
  /** What the page that waits for it will be told next. @type {((command: object) => void) | undefined} */
  #tell;

  /**
   * @param {string} name of the page
   * @param {import('./plain-browser.mjs').PlainEngine} engine
   */
  constructor(name, engine) {
    this.#name = name;
    this.#engine = engine;
  }

  /**
   * Makes ready the profile and the site, and takes them away when the work is done.
   * @param {(event: any) => { status?: number, answer?: string }} hear gets what pages tell; gives what they are answered
   * @param {() => Promise<void>} work
   */
  async during(hear, work) {
    this.#profile = await mkdtemp(join(tmpdir(), `wheatear-${this.#name}-`));
    this.#site = await startSite({
      [`/${this.#name}/next`]: (start, response) => {
        // A browser that was killed may bring its old page back beside the new one. That waits.
        if (start === `?start=${this.#starts}`) this.#tell = (command) => response.end(JSON.stringify(command));
      },
      [`/${this.#name}/event`]: (body, response) => {
        const { status = 200, answer = '' } = hear(JSON.parse(body));
        response.writeHead(status).end(answer);
      },
    });
    try {
      await work();
    } finally {
      await this.kill();
      await this.#site.close();
      await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  get isRunning() {
    return this.#browser !== undefined;
  }

  async start() {
    this.#tell = undefined;
    this.#starts++;
    const address = `${this.#site?.origin}/pages/${this.#name}.html?start=${this.#starts}`;
    this.#browser = await PlainBrowser.start(this.#engine, this.#profile, address);
  }

  async kill() {
    await this.#browser?.kill();
    this.#browser = undefined;
  }

  /**
   * Whether Chromium has thrown away what an origin had in IndexedDB, and begun anew, at one of the last two starts: it says
   * so in the log of its LevelDB. Seen with Chromium 156, in one of ten profiles or so whose browser was killed twice while
   * a page wrote. Why is not known; LevelDB goes on in the log of before, and may take the record there that the first kill
   * has cut short for damage.
   */
  async hasWipedIndexedDb() {
    const names = await readdir(this.#profile, { recursive: true });
    const logs = names.filter((name) => /IndexedDB.*\.leveldb\WLOG(\.old)?$/.test(name));
    const texts = await Promise.all(logs.map((log) => readFile(join(this.#profile, log), 'utf8')));
    return texts.some((text) => text.includes('since it was missing'));
  }

  /** Tells the page what to do, once it asks. */
  async command(/** @type {object} */ command) {
    const tell = await this.asks();
    this.#tell = undefined;
    tell(command);
  }

  /** Waits until the page asks what to do. */
  asks() {
    return eventually(async () => {
      if (!this.#tell) throw new Error('the browser does not ask what to do');
      return this.#tell;
    }, patience);
  }
}
