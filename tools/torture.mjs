// Treats commands as the world does, and worse, and looks at what they leave:
//
//     npm run torture -- --kills 200 --seed 1   # kill -9 at random moments, then going on
//     npm run torture -- --disk                 # every write fails once, of every command
//     npm run torture -- --pairs                # two at once, locks of the dead, planted links, signals at the end
//
// --only takes a regular expression of names. Folders of what fails are kept, and named; exit code 1 then. Needs dist/.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makePlace } from './torture/place.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    disk: { type: 'boolean', default: false },
    pairs: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '10' },
    most: { type: 'string' },
  },
});
const mode = values.disk ? 'disk' : values.pairs ? 'pairs' : 'kills';
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gargalo-torture-')));
const began = Date.now();
const say = (text) => process.stdout.write(`${text}\n`);
// Ctrl-C ends this process; what it started is in groups of their own and ends by itself
process.on('SIGINT', () => process.exit(130));

const place = join(folder, 'place');
mkdirSync(place);
await makePlace(place);
const { torture } = await import(`./torture/${mode}.mjs`);
const failed = await torture({
  place,
  folder,
  kills: Number(values.kills),
  seed: Number(values.seed),
  only: values.only,
  rounds: Number(values.rounds),
  most: values.most === undefined ? Number.POSITIVE_INFINITY : Number(values.most),
  say,
});
say(`${failed} failed, ${((Date.now() - began) / 1000).toFixed(0)} s`);
if (failed === 0) rmSync(folder, { recursive: true, force: true });
process.exitCode = failed > 0 ? 1 : 0;
