// The race, as the command line says (options.mjs): runs it, and tells what came of it.

import { fail } from '../../scripts/tools.mjs';
import { contendersInstalled } from './install.mjs';
import { readOptions } from './options.mjs';
import { Race } from './race.mjs';
import { outcomesOf } from './report/goals.mjs';
import { recordOf } from './report/record.mjs';
import { writeResults } from './report/write.mjs';
import { startSite } from './site.mjs';

const options = readOptions(process.argv.slice(2));
contendersInstalled();
const site = await startSite();
const race = new Race(options, site);
try {
  for (let round = 1; round <= options.rounds; round++) {
    await race.run(round - 1);
    // A race takes hours: if it is stopped, what it has seen is there.
    writeResults(recordOf(race, { ...options, rounds: round }), false);
  }
} finally {
  await site.close();
}
const { samples } = race;
for (const { engine, part, racer, error } of samples.failures) {
  console.log(`race: ${racer} failed, ${part} in ${engine}: ${error}`);
}
if (options.isQuick) {
  // Nothing is judged but that it runs.
  if (samples.failures.length > 0) fail(`race: ${samples.failures.length} did not finish`);
} else {
  for (const { what, bound, value, against, isMet } of outcomesOf(samples)) {
    const verdict = isMet ? 'met   ' : 'missed';
    if (isMet !== undefined) console.log(`race: ${verdict} ${what}: ${value} (at most ${bound}): ${against}`);
  }
  console.log(`race: the results are in ${writeResults(recordOf(race, options), options.isWhole)}`);
}
// What hangs does not keep it from ending.
process.exit();
