// The package as others get it: packed, installed into temporary projects and used there. Needs the npm registry; the pages need
// Chromium. `npm run test:consumers` does what CI does, `-- --all` all of it, `-- --only text` what has the text in its name.
// Prints a line for each with its seconds; exit code 1 where one fails.
import { trials as bundlers } from './consumers/bundlers.mjs';
import { trials as managers } from './consumers/managers.mjs';
import { trials as next } from './consumers/next.mjs';
import { trials as own } from './consumers/package.mjs';

/**
 * @typedef {object} Trial
 * @property {string} name
 * @property {boolean} [isLong] left to `--all`
 * @property {() => unknown} run gives what is to be said beside the name
 */

const words = process.argv.slice(2);
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : undefined;
/** @type {Trial[]} */
const all = [...own, ...bundlers, ...next, ...managers];
const trials = all.filter(({ name, isLong }) => (only ? name.includes(only) : !isLong || words.includes('--all')));

let failed = 0;
for (const { name, run } of trials) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  try {
    const note = await run();
    console.log(`ok: ${name} (${[note, seconds()].filter(Boolean).join('; ')})`);
  } catch (/** @type {any} */ error) {
    failed++;
    console.log(`FAILED: ${name} (${seconds()})\n${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`);
  }
}
console.log(`${trials.length - failed} passed, ${failed} failed, ${all.length - trials.length} left out`);
process.exit(failed === 0 ? 0 : 1);
