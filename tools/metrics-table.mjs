// Writes the tables of figures in docs/latent.md and docs/jobs.md from the registry in src/analysis/metrics.ts. Run it
// after `npm run build` when a metric has changed; a test compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { jobMetrics, latentMetrics, metricsTable } from '../dist/analysis/metrics.js';

for (const [name, metrics] of Object.entries({ latent: latentMetrics, jobs: jobMetrics })) {
  const page = new URL(`../docs/${name}.md`, import.meta.url);
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(/(?<=\n## Every figure\n\n)(?:\|.*\n)*/, () => metricsTable(metrics)),
  );
}
