// What the consumers run: each trains a small model, and ends with an error where something is not as it should be.

export const rows = `Array.from({ length: 60 }, (_, i) => ({ temperature: 20 + Math.sin(i), machine: i % 2 ? 'A' : 'B' }))`;

const body = (/** @type {string} */ declare) => `
const { autoencoder } = await fit(rows, detecting({ epochs: 2, seed: 1 }));
${declare} machine = await detector(autoencoder, rows);
const [score] = await machine.score([{ temperature: 35, machine: 'A' }]);
if (!((score ?? 0) > 0)) throw new Error('expected a score, got ' + score);
`;
const names = `import { detecting, detector, fit } from 'gargalo';\nconst rows = ${rows};`;

/** A program of TypeScript as the README has it. */
export const typed = `${names}${body('await using')}`;
/** The same for those who do not know "await using", as Node 20. */
export const plain = `${names}${body('const')}await machine.close();\nconsole.log('a score');\n`;
/** The same by \`require\`. */
export const required = `const { detecting, detector, fit } = require('gargalo');
require('gargalo/node');
const rows = ${rows};
(async () => {${body('const')}await machine.close();\nconsole.log('a score');\n})();
`;

/** What a page imports, from the package or from one file of it. @param {string} [file] */
const imports = (file) => `
import { createRandom, detecting, detector, fit } from '${file ?? 'gargalo'}';
import { createRuntime } from '${file ?? 'gargalo/graph'}';
import { latentMaps } from '${file ?? 'gargalo/latent'}';`;

/**
 * A module for a page: two models at once and one more, a map of codes made in a worker of its own.
 *
 * @param {string} [options] of the runtime @param {string} [file] the one file that stands for the package
 */
export const paged = (options = '{}', file) => `${imports(file)}
const rows = ${rows};
async function scoreOf(seed) {
  const { autoencoder } = await fit(rows, { ...detecting({ epochs: 2, seed }), ...${options} });
  const machine = await detector(autoencoder, rows);
  const [score] = await machine.score([{ temperature: 35, machine: 'A' }]);
  await machine.close();
  return score;
}
async function mapped() {
  const random = createRandom(1, 'page');
  const heaps = Float32Array.from({ length: 300 }, () => random.normal());
  const runtime = await createRuntime({ ...${options}, threads: 2 });
  const maps = await latentMaps(heaps, 3, { runtime });
  await runtime.close();
  return maps.map(({ method }) => method).join(' and ') + ' on ' + runtime.threads;
}
export async function answer() {
  try {
    const [first, second] = await Promise.all([scoreOf(1), scoreOf(2)]);
    const third = await scoreOf(1);
    if (!(first > 0 && second > 0) || first !== third) throw new Error([first, second, third].join());
    return 'trained; ' + (await mapped());
  } catch (error) {
    return 'failed: ' + (error.stack ?? error);
  }
}
`;
/** What it answers, with and without threads. */
export const answers = { isolated: 'trained; pca and umap on 2', plain: 'trained; pca and umap on 1' };
/** A script that calls it. */
export const script = (/** @type {string} */ module) =>
  `import { answer } from '${module}';\nanswer().then((text) => { document.title = text; });\n`;
export const page = (/** @type {string} */ source) =>
  `<!doctype html><title>waiting</title><link rel="icon" href="data:," /><script type="module" src="${source}"></script>`;
