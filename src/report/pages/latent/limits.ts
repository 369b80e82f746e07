import { count, listed } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import type { LatentReportInput } from './input.js';

/** What the figures of the page do not say. */
export function limits(input: LatentReportInput): Html {
  const { runs } = input;
  const examples = listed([...new Set(runs.map(({ figures }) => figures.examples))].map(count));
  const points = (name: string, words: string) => html`<div><dt>${name}</dt><dd>${words}</dd></div>`;
  const isLabelled = runs.some(({ figures }) => figures.separability.labelled);
  return html`<dl class="definitions">
${points('Not another training', `${runs.length === 1 ? 'This run is' : 'Each run is'} one training with one seed. The intervals say how far a figure could have come out elsewhere by the choice of examples (bootstrap, 95\u202f%, percentiles); another seed can differ by more.`)}
${points('Not all data', `They come from ${examples} examples, some figures from a part of those or from lines drawn between them, all by a fixed seed: the same command gives the same figures.`)}
${points('Not a test of equality', 'Intervals that meet do not say that two figures are the same, only that these examples cannot tell them apart. Where many figures are compared, a few will lie apart by chance.')}
${points('Gaps are relative', 'A place counts as a gap when it comes back worse, or lies farther from any code, than all but 1\u202f% of real codes do. So a few real codes lie in gaps too, and a space with sparse codes is generous to its places. PCA’s round trip is exact by construction: its places can be empty, never unfaithful.')}
${points('Distances have the unit of their space', 'They are taken relative to the spread of the codes or to the distances between codes, so that spaces can be compared; between widths they still mean different things, because wide spaces are emptier everywhere.')}
${isLabelled && points('Labels are one question', 'Separability against labels asks how well one set of classes is told apart. A code made for rebuilding owes them nothing.')}
${points('Maps are shadows', 'What a map of a wide code shows as near or apart may be otherwise in the code; trustworthiness and continuity say how much of each neighbourhood it keeps.')}
${points('Mends are pointers', 'The kind named beside a weakness is the one built against it. Whether it helps here takes a training, and a look at the same figures.')}
</dl>`;
}
