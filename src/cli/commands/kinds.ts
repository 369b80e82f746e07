import type { Command } from 'commander';
import { kinds } from '../../models/kinds/index.js';
import { kindsPage } from '../../models/kinds-page.js';
import { addSpeechFlags, speechOf } from '../shared-flags.js';
import { aligned, openTerminal } from '../terminal.js';

/** `gargalo kinds` */
export function define(command: Command): void {
  addSpeechFlags(command);
  command.option('--markdown', 'the family as a page in Markdown: formulas, sources, every option');
  command.action(({ markdown }: { readonly markdown?: boolean }) => {
    if (markdown) {
      process.stdout.write(kindsPage());
      return;
    }
    const listed = kinds.map(({ name, summary, formula, paper, defaults, options }) => {
      return { name, summary, formula, paper, defaults, options };
    });
    const rows = listed.map(({ name, summary, formula, paper }) => [name, summary, formula, paper]);
    openTerminal(speechOf(command)).result({ kinds: listed }, aligned(rows));
  });
}
