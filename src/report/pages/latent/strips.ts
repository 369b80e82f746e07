import { count, figure, percent, several } from '../../../core/format.js';
import { exampleSize } from '../../../data/dataset.js';
import { round } from '../../kit/chart.js';
import { drawExamples, examplesFigure, profileKey, type Range } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { folded, swatch } from '../../kit/parts.js';
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
function changesOf({ outputs, gaps }: Strip, size: number): number[] {
  return Array.from({ length: gaps.length - 1 }, (_, step) => {
    let sum = 0;
    for (let i = step * size; i < (step + 1) * size; i++) sum += (outputs[i + size]! - outputs[i]!) ** 2;
    return Math.sqrt(sum / size);
  });
}

function drawing(input: LatentReportInput, run: InspectedRun, strip: Strip, range: Range): Html {
  const steps = strip.gaps.length;
  const color = runColor(input, run);
  const drawn = drawExamples({ input, values: strip.outputs, count: steps, columns: steps, range, color });
  const { width, height, cell } = drawn;
  const changes = changesOf(strip, exampleSize(input));
  const most = Math.max(...changes);
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const floor = height + MARKS + CHANGES;
  const tall = (change: number): number => (most > 0 ? (change / most) * (CHANGES - 4) : 0);
  const inGaps = [...strip.gaps.entries()].flatMap(([step, gap]) => (gap === 1 ? [step] : []));
  const where =
    inGaps.length > 0 ? `steps ${inGaps.map((step) => step + 1).join(', ')} lie in a gap` : 'no step lies in a gap';
  const says = `${run.name}, ${strip.path} from ${exampleName(input, strip.from)} to ${exampleName(input, strip.to)} in ${several(steps, 'step')}: ${where}; the largest change is ${figure(strip.jump, 2)} times the mean one, from step ${changes.indexOf(most) + 1} to ${changes.indexOf(most) + 2}`;
  const gaps = inGaps.map(
    (step) =>
      html`<rect x="${round(step * cell.width + 1)}" y="${height + 3}" width="${round(cell.width - 2)}" height="5"></rect>`,
  );
  const bars = changes.map((change, i) => {
    const bar = round(tall(change));
    return html`<rect${change === most && html` class="most"`} x="${round((i + 1) * cell.width - cell.width * 0.2)}" y="${round(floor - bar)}" width="${round(cell.width * 0.4)}" height="${bar}"></rect>`;
  });
  const level = round(floor - tall(mean));
  const markup = html`<g class="gap">${gaps}</g><g class="changes">${bars}<line x1="0" x2="${width}" y1="${level}" y2="${level}"></line></g>`;
  return examplesFigure(drawn, { says, markup, height: floor, isFluid: true });
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

/** Walks of one code width stand together. */
function byWidth(walks: readonly Walk[]): Walk[][] {
  const widths = [...new Set(walks.map(({ run }) => run.figures.width))];
  return widths.map((width) => walks.filter(({ run }) => run.figures.width === width));
}

/** What all strips together say. */
function words(input: LatentReportInput): string {
  const all = input.runs.flatMap(({ strips }) => strips);
  const steps = all.reduce((sum, { gaps }) => sum + gaps.length, 0);
  const inGaps = all.reduce((sum, { gaps }) => sum + gaps.reduce((a, b) => a + b, 0), 0);
  const hasSpherical = all.some(({ path }) => path === 'spherical');
  return `Codes between those of two examples, decoded step by step. Of all the steps here ${percent(steps > 0 ? inGaps / steps : 0)} lie in a gap.${
    hasSpherical
      ? ' Straight lines are one way; of gaussian codes, which lie near a sphere, the great circle through both ends is the other (White 2016).'
      : ''
  }`;
}

/** Interpolations between examples: where they pass through gaps, and how evenly they change. */
export function strips(input: LatentReportInput): Html | undefined {
  const walks = input.runs.flatMap((run) => run.strips.map((strip, index): Walk => ({ run, strip, index })));
  if (walks.length === 0) return undefined;
  const range = drawnRange(
    input,
    walks.map(({ strip }) => strip.outputs),
  );
  const pairs = new Map<string, { readonly from: number; readonly to: number; readonly walks: Walk[] }>();
  for (const walk of walks) {
    const { from, to } = walk.strip;
    const pair = pairs.get(`${from} ${to}`) ?? { from, to, walks: [] };
    pair.walks.push(walk);
    pairs.set(`${from} ${to}`, pair);
  }
  const blocks = [...pairs.values()].map(({ from, to, walks: together }, pair) => {
    const isDragged = pair === 0 || input.runs.length <= mostDragged;
    const rows = byWidth(together).map(
      (row) => html`<div class="walks">${row.map((walk) => walkFigure(input, walk, range, isDragged))}</div>`,
    );
    return html`<div class="pairing"><h3>${itself(input, from)}<span>${exampleName(input, from)} <span aria-hidden="true">→</span><span class="unseen">to</span> ${exampleName(input, to)}</span>${itself(input, to)}</h3>${rows}</div>`;
  });
  // Pairs with one walk each stand side by side.
  const isBeside = [...pairs.values()].every((pair) => pair.walks.length === 1);
  const gather = (some: readonly Html[]) => html`<div class="pairings${isBeside ? ' beside' : ''}">${some}</div>`;
  return html`<p class="lead">${words(input)}</p>
${profileKey(input)}<p class="key marks"><span><svg viewBox="0 0 26 14" aria-hidden="true"><g class="gap"><rect x="0" y="4" width="26" height="5"></rect></g></svg>the step above lies in a gap</span><span><svg viewBox="0 0 26 14" aria-hidden="true"><g class="changes"><rect x="1" y="6" width="6" height="8"></rect><rect class="most" x="10" y="1" width="6" height="13"></rect><rect x="19" y="8" width="6" height="6"></rect></g></svg>change from step to step, the largest filled</span><span><svg viewBox="0 0 26 14" aria-hidden="true"><g class="changes"><line x1="0" x2="26" y1="7" y2="7"></line></g></svg>mean change</span></p>
${gather(blocks.slice(0, FIRST))}${blocks.length > FIRST && folded(several(blocks.length - FIRST, 'more pair'), gather(blocks.slice(FIRST)))}`;
}
