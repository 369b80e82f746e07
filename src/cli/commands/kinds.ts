import { kinds } from '../../models/kinds/index.js';
import { kindsPage } from '../../models/kinds-page.js';
import { aligned } from '../aligned.js';
import { defineCommand } from '../command.js';

/** `gargalo kinds` */
export const define = defineCommand({
  arguments: {},
  options: {
    'Options:': {
      markdown: {
        type: 'flag',
        default: false,
        description: 'the family as a page in Markdown: formulas, sources, every option',
      },
    },
  },
  run({ markdown }, session) {
    if (markdown) {
      process.stdout.write(kindsPage());
      return;
    }
    const listed = kinds.map(({ name, summary, formula, paper, defaults, options }) => {
      return { name, summary, formula, paper, defaults, options };
    });
    const rows = listed.map(({ name, summary, formula, paper }) => [name, summary, formula, paper]);
    session.result({ kinds: listed }, aligned(rows));
  },
});
