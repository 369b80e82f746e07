// Writes the table of figures in docs/latent.md, which is its last section but one, from the registry in src/analysis/metrics.ts. Run it
// after `npm run build` when a metric has changed; a test compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { metricsTable } from '../dist/analysis/metrics.js';

const page = new URL('../docs/latent.md', import.meta.url);
const text = readFileSync(page, 'utf8');
writeFileSync(
  page,
  text.replace(/(?<=\n## Every figure\n\n)(?:\|.*\n)*/, () => metricsTable()),
);
