import { badInput } from '../../core/errors.js';
import { defineCommand, pick, text } from '../command.js';
import { figureOptions, runInspect } from '../inspection.js';
import { machineOptions, readingGroups, readingOf } from '../options.js';

/** `gargalo compare <runs…>` */
export const define = defineCommand({
  arguments: { '<runs...>': 'run folders or model files of the same data, two or more' },
  options: {
    'Data:': {
      data: text(
        '<data>',
        'what to look at them through, as gargalo train takes it (default: what the first run was tested on)',
      ),
      ...readingGroups['Data:'],
    },
    'Output:': { out: { ...text('<file>', 'the page to write (.html) (default: compare.html)'), letter: 'o' } },
    'Figures:': figureOptions,
    'Tables of text:': readingGroups['Tables of text:'],
    'Images:': readingGroups['Images:'],
    'Machine:': machineOptions,
  },
  notes:
    'The page of gargalo inspect for several runs side by side, all looked at through the same examples; PCA at each width is\namong them. Figures whose intervals do not meet are said to differ.',
  examples: ['gargalo compare runs/basic-2 runs/variational-2 -o basic-or-variational.html'],
  run(asked, session) {
    const [first, ...others] = asked.runs;
    if (first === undefined || others.length === 0) {
      throw badInput(
        'runs',
        `expected two or more to compare, got ${asked.runs.length}`,
        'gargalo inspect looks at one',
      );
    }
    const { data: source, out: report, seed = 0 } = asked;
    return runInspect(
      {
        ...{ command: 'compare', models: [first, ...others], source, report, seed },
        mending: { repair: false, retrain: false },
        ...{ data: readingOf(asked), runtime: pick(asked, machineOptions) },
      },
      session,
    );
  },
});
