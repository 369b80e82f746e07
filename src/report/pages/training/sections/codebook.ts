import { count, figure, percent, roundPercent, several } from '../../../../core/format.js';
import { barChart, rankedBars } from '../../../kit/bars.js';
import { wholeTicks } from '../../../kit/chart.js';
import { html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import type { ReportInput } from '../input.js';

/** How the entries of a codebook are used. */
export function codebook(input: ReportInput): Section | undefined {
  const use = input.codebook;
  if (!use) return undefined;
  const { perplexity, examples, vectors } = use;
  const counts = [...use.counts];
  const total = counts.reduce((sum, value) => sum + value, 0) || 1;
  const order = counts.map((value, entry) => ({ value, entry }));
  const used = counts.filter((value) => value > 0).length;
  const bars = rankedBars(
    order,
    ({ value }) => value / total,
    ({ value, entry }) => `entry ${count(entry + 1)}\nchosen ${several(value, 'time')}, ${percent(value / total)}`,
  );
  const bits = vectors * Math.log2(counts.length);
  return {
    id: 'codebook',
    short: 'Codebook',
    title: 'How the codebook is used',
    body: html`<p class="lead">${several(examples, 'test example')} choose ${several(vectors, 'entry', 'entries')} each. ${
      used === counts.length ? 'All' : `${count(used)} of`
    } ${several(counts.length, 'entry', 'entries')} are used${used < counts.length ? '; the others are dead weight' : ''}. The perplexity is ${figure(perplexity)}: what ${figure(perplexity)} entries in equal use would carry. An example takes ${figure(bits)} bits at most.</p>
<figure>${barChart({
      label: `Use of the ${counts.length} codebook entries, perplexity ${figure(perplexity)}`,
      bars,
      color: 'network',
      unit: 'entries, the most used first',
      levels: [{ name: 'even', value: 1 / counts.length, color: 'pca' }],
      ticks: (most) => wholeTicks(1, bars.length, most),
      format: percent,
      tickText: roundPercent,
    })}<figcaption>Part of all choices that fall on each entry. Dashed: all used equally often.</figcaption></figure>`,
  };
}
