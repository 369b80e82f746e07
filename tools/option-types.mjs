// Writes the interfaces of options from their records, so that editors show what each option is. Run it after `npm run build`
// when an option has changed; a test compares.
import { writeFileSync } from 'node:fs';
import { optionFiles } from '../dist/train/option-files.js';

for (const { path, text } of optionFiles()) writeFileSync(new URL(`../${path}`, import.meta.url), text);
