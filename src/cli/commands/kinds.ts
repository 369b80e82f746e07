import type { Command } from 'commander';
import { kinds } from '../../models/kinds/index.js';
import { addSpeechFlags, speechOf } from '../shared-flags.js';
import { aligned, openTerminal } from '../terminal.js';

/** `gargalo kinds` */
export function define(command: Command): void {
  addSpeechFlags(command);
  command.action(() => {
    const listed = kinds.map(({ name, summary, formula, paper, defaults, options }) => {
      return { name, summary, formula, paper, defaults, options };
    });
    const rows = listed.map(({ name, summary, formula, paper }) => [name, summary, formula, paper]);
    openTerminal(speechOf(command)).result({ kinds: listed }, aligned(rows));
  });
}
