// From navigation to the first row: of a new visitor, and of one that has been there. And what the new one downloads, in
// kilobytes after brotli: everything that its browser asks for, but for the page itself.

import { build } from '../build.mjs';
import { floorLabels } from '../contenders.mjs';
import { small } from '../sets.mjs';
import { weigh } from '../weigh.mjs';
import { everybody, visiting } from './part.mjs';

/** @typedef {import('./part.mjs').Lap} Lap */

/** @type {import('./part.mjs').Part} */
export const visits = {
  name: 'visits',
  racers: (engine) => everybody(engine, ({ name }, lap) => visit(name, lap.sizes.migrations, lap)),
};

/** What a visit takes before there is any database. @type {import('./part.mjs').Part} */
export const floors = {
  name: 'floors',
  racers: () =>
    Object.keys(floorLabels).map((name) => ({
      name,
      contender: 'wheatear',
      run: async (lap) => {
        const page = await build({ contender: 'wheatear', page: name, set: 'none', migrations: [] });
        return visiting(lap, (visitor) => visitThrice(visitor, page));
      },
    })),
};

/** Ours, with other numbers of migrations. @type {import('./part.mjs').Part} */
export const histories = {
  name: 'histories',
  isOnlyInChromium: true,
  racers: (_, { histories }) =>
    ['wheatear', 'wheatear-plugin'].flatMap((contender) =>
      histories.map((count) => ({
        name: `${contender} ${count}`,
        contender,
        run: (lap) => visit(contender, count, lap),
      })),
    ),
};

/** Ours, beside a tab that has the database open. @type {import('./part.mjs').Part} */
export const tabs = {
  name: 'tabs',
  racers: () => [{ name: 'wheatear', contender: 'wheatear', run: visitTwice }],
};

/** One first visit and two warm ones. */
async function visit(/** @type {string} */ contender, /** @type {number} */ count, /** @type {Lap} */ lap) {
  const page = await visitPage(contender, count);
  return visiting(lap, async (visitor) => {
    const result = await visitThrice(visitor, page);
    return { ...result, bytes: weigh(lap.site.filesOf(page), lap.sizes.brotli) };
  });
}

async function visitThrice(/** @type {import('../visitor.mjs').Visitor} */ visitor, /** @type {string} */ page) {
  const [first, ...warm] = [await visitor.visit(page), await visitor.visit(page), await visitor.visit(page)];
  return { 'first visit': Number(first.page), 'warm visit': warm.map(({ page }) => Number(page)) };
}

async function visitTwice(/** @type {Lap} */ lap) {
  const page = await visitPage('wheatear', lap.sizes.migrations);
  const following = await build({ contender: 'wheatear', page: 'follower', ...setOf(lap.sizes.migrations) });
  return visiting(lap, async (visitor) => {
    await visitor.visit(page);
    const first = await visitor.visit(page);
    await visitor.openTab(page);
    const second = await visitor.go(page);
    const { owner = [], follower = [] } = await visitor.go(following);
    return { 'first tab': Number(first.page), 'second tab': Number(second.page), owner, follower };
  });
}

const setOf = (/** @type {number} */ count) => ({ set: `small-${count}`, migrations: small(count) });

const visitPage = (/** @type {string} */ contender, /** @type {number} */ count) =>
  build({ contender, page: 'visit', ...setOf(count) });
