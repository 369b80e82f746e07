import { groupBy, itemAt } from '../../../core/collections.js';
import { count, figure, percent, several } from '../../../core/format.js';
import { meanOf, squaredDistance } from '../../../core/vectors.js';
import { exampleSize } from '../../../data/dataset.js';
import { round } from '../../kit/chart.js';
import { type DrawnExamples, examplesFigure, profileKey, type Range } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { folded, lead, swatch } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput, Strip } from './input.js';
import { liveStrip } from './live.js';
import { drawnRange, exampleName, itself } from './named.js';
import { runColor } from './spaces.js';

/** Pairs of examples that are shown at once; the others open. */
const FIRST = 4;
/** Side by side with more runs than this, only the strips of the first pair can be dragged along. */
const mostDragged = 2;
/** Room below the pictures: marks of gaps, and bars of the change from step to step. */
const [MARKS, CHANGES] = [10, 26];

/** How much the output changes from each step to the next: root mean square over its values. */
const changesOf = ({ outputs, gaps }: Strip, size: number): number[] =>
  Array.from({ length: gaps.length - 1 }, (_, step) =>
    Math.sqrt(squaredDistance(outputs, (step + 1) * size, outputs, step * size, size) / size),
  );

function drawing(input: LatentReportInput, run: InspectedRun, strip: Strip, range: Range): Html {
  const steps = strip.gaps.length;
  const changes = changesOf(strip, exampleSize(input));
  const most = Math.max(...changes);
  const largest = changes.indexOf(most);
  const tall = (change: number): number => (most > 0 ? (change / most) * (CHANGES - 4) : 0);
  const inGaps = [...strip.gaps.entries()].flatMap(([step, gap]) => (gap === 1 ? [step] : []));
  const where =
    inGaps.length > 0 ? `steps ${inGaps.map((i) => i + 1).join(', ')} lie in a gap` : 'no step lies in a gap';
  const markup = ({ width, height, cell }: DrawnExamples): Html => {
    const floor = height + MARKS + CHANGES;
    const level = round(floor - tall(meanOf(changes)));
    const gaps = inGaps.map(
      (step) =>
        html`<rect x="${round(step * cell.width + 1)}" y="${height + 3}" width="${round(cell.width - 2)}" height="5"></rect>`,
    );
    const bars = changes.map((change, i) => {
      const bar = round(tall(change));
      return html`<rect${change === most && html` class="most"`} x="${round((i + 1) * cell.width - cell.width * 0.2)}" y="${round(floor - bar)}" width="${round(cell.width * 0.4)}" height="${bar}"></rect>`;
    });
    return html`<g class="gap">${gaps}</g><g class="changes">${bars}<line x1="0" x2="${width}" y1="${level}" y2="${level}"></line></g>`;
  };
  return examplesFigure(
    { input, values: strip.outputs, count: steps, columns: steps, range, color: runColor(input, run) },
    {
      says: `${run.name}, ${strip.path} from ${exampleName(input, strip.from)} to ${exampleName(input, strip.to)} in ${several(steps, 'step')}: ${where}; the largest change is ${figure(strip.jump, 2)} times the mean one, from step ${largest + 1} to ${largest + 2}`,
      ...{ markup, below: MARKS + CHANGES, isFluid: true },
    },
  );
}

interface Walk {
  readonly run: InspectedRun;
  readonly strip: Strip;
  /** Of the strip among those of the run. */
  readonly index: number;
}

function walkFigure(input: LatentReportInput, { run, strip, index }: Walk, range: Range, isDragged: boolean): Html {
  const inGaps = strip.gaps.reduce((sum, gap) => sum + gap, 0);
  const name = input.runs.length > 1 ? html`<b>${run.name}</b>, ${strip.path}` : html`<b>${strip.path}</b>`;
  return html`<figure class="walk"><figcaption><span>${input.runs.length > 1 && html`${swatch(runColor(input, run))}`}${name}</span> <span class="facts">jump ${figure(strip.jump, 2)}× · ${inGaps === 0 ? 'no step in a gap' : `${count(inGaps)} of ${count(strip.gaps.length)} in gaps`}</span></figcaption>${drawing(input, run, strip, range)}${isDragged && liveStrip(run, index)}</figure>`;
}

/** What all strips together say. */
function words(walks: readonly Walk[]): Html {
  const gaps = walks.flatMap(({ strip }) => [...strip.gaps]);
  const inGaps = gaps.reduce((sum, gap) => sum + gap, 0);
  return lead(
    `Codes between those of two examples, decoded step by step. Of all the steps here ${percent(inGaps / (gaps.length || 1))} lie in a gap.`,
    walks.some(({ strip }) => strip.path === 'spherical') &&
      'Straight lines are one way; of gaussian codes, which lie near a sphere, the great circle through both ends is the other (White 2016).',
  );
}

const key = html`<p class="key marks"><span><svg viewBox="0 0 26 14" aria-hidden="true"><g class="gap"><rect x="0" y="4" width="26" height="5"></rect></g></svg>the step above lies in a gap</span><span><svg viewBox="0 0 26 14" aria-hidden="true"><g class="changes"><rect x="1" y="6" width="6" height="8"></rect><rect class="most" x="10" y="1" width="6" height="13"></rect><rect x="19" y="8" width="6" height="6"></rect></g></svg>change from step to step, the largest filled</span><span><svg viewBox="0 0 26 14" aria-hidden="true"><g class="changes"><line x1="0" x2="26" y1="7" y2="7"></line></g></svg>mean change</span></p>`;

/** Interpolations between examples: where they pass through gaps, and how evenly they change. */
export function strips(input: LatentReportInput): Html | undefined {
  const walks = input.runs.flatMap((run) => run.strips.map((strip, index): Walk => ({ run, strip, index })));
  if (walks.length === 0) return undefined;
  const outputs = walks.map(({ strip }) => strip.outputs);
  const range = drawnRange(input, outputs);
  const pairs = [...groupBy(walks, ({ strip: { from, to } }) => `${from} ${to}`).values()];
  const blocks = pairs.map((pair, i) => {
    const { from, to } = itemAt(pair, 0).strip;
    const isDragged = i === 0 || input.runs.length <= mostDragged;
    // Walks of one code width stand together.
    const rows = [...groupBy(pair, ({ run }) => run.figures.width).values()].map(
      (row) => html`<div class="walks">${row.map((walk) => walkFigure(input, walk, range, isDragged))}</div>`,
    );
    return html`<div class="pairing"><h3>${itself(input, from)}<span>${exampleName(input, from)} <span aria-hidden="true">→</span><span class="unseen">to</span> ${exampleName(input, to)}</span>${itself(input, to)}</h3>${rows}</div>`;
  });
  // Pairs with one walk each stand side by side.
  const isBeside = pairs.every((pair) => pair.length === 1);
  const gather = (some: readonly Html[]) => html`<div class="pairings${isBeside && ' beside'}">${some}</div>`;
  return html`${words(walks)}
${profileKey(input)}${key}
${gather(blocks.slice(0, FIRST))}${blocks.length > FIRST && folded(several(blocks.length - FIRST, 'more pair'), gather(blocks.slice(FIRST)))}`;
}
