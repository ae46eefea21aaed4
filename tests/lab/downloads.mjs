import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.mjs';

/**
 * Does what makes the page offer a SQLite file for download, and takes the file.
 *
 * @param {import('./browser.mjs').Browser} browser
 * @param {import('./engines.mjs').Engine} engine
 * @param {string} name that the file must have
 * @param {() => Promise<void>} action
 * @returns {Promise<Buffer>}
 */
export async function downloadedBy(browser, engine, name, action) {
  // Its driver knows no folder for downloads, so there it is seen what would have been saved.
  if (engine.name === 'WebKitGTK') return offeredBy(browser, name, action);
  const { downloads } = browser;
  await action();
  const file = await eventually(async () => {
    assert.deepEqual(await readdir(downloads), [name]);
    const bytes = await readFile(join(downloads, name));
    // Page size times number of pages: https://www.sqlite.org/fileformat2.html#the_database_header
    assert.equal(bytes.length, pageSize(bytes) * bytes.readUInt32BE(28));
    return bytes;
  });
  await rm(join(downloads, name));
  return file;
}

/** 1 stands for 65536, which does not fit. */
function pageSize(/** @type {Buffer} */ bytes) {
  const size = bytes.readUint16BE(16);
  return size === 1 ? 65536 : size;
}

/**
 * @param {import('./browser.mjs').Browser} browser
 * @param {string} name
 * @param {() => Promise<void>} action
 */
async function offeredBy({ driver }, name, action) {
  await driver.executeScript(() => {
    const { createObjectURL } = URL;
    const { click } = HTMLAnchorElement.prototype;
    const page = /** @type {any} */ (window);
    URL.createObjectURL = (file) => {
      page.offered = file;
      return createObjectURL(file);
    };
    HTMLAnchorElement.prototype.click = function () {
      page.offeredName = this.download;
      URL.createObjectURL = createObjectURL;
      HTMLAnchorElement.prototype.click = click;
    };
  });
  await action();
  await eventually(async () =>
    assert.equal(await driver.executeScript(() => /** @type {any} */ (window).offeredName), name),
  );
  /** @type {string} */
  const address = await driver.executeAsyncScript((/** @type {(result: unknown) => void} */ done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(/** @type {any} */ (window).offered);
  });
  return Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
}
