import { figure, percent, several } from '../../../core/format.js';
import { type DrawnExamples, examplesFigure, profileKey } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { folded, swatch } from '../../kit/parts.js';
import { picture } from '../../kit/picture.js';
import type { DecodedPlane, InspectedRun, LatentReportInput } from './input.js';
import { drawnRange } from './named.js';
import { runColor } from './spaces.js';

interface Shown {
  readonly run: InspectedRun;
  readonly plane: DecodedPlane;
}

function grid(input: LatentReportInput, shown: readonly Shown[]): Html {
  const range = drawnRange(
    input,
    shown.map(({ plane }) => plane.outputs),
  );
  return html`<div class="manifolds${shown.length > 1 ? ' beside' : ''}">${shown.map(({ run, plane }) => {
    const { left, right, bottom, top } = plane.extent;
    const axis = plane.method === 'code' ? 'code value' : 'component';
    const what = plane.method === 'code' ? 'the code’s plane' : 'the plane of two principal components';
    const isNamed = input.runs.length > 1;
    const { columns, rows, outputs: values } = plane;
    const count = columns * rows;
    const drawing = examplesFigure(
      { input, values, count, columns, range, color: runColor(input, run), isPlane: true },
      {
        says: `${run.name}: ${several(count, 'place')} of ${what} decoded, ${percent(gapShare(plane))} of it hatched as gaps`,
        markup: (drawn) => gapShade(plane, `plane-${input.runs.indexOf(run)}-${plane.method}`, drawn),
        ...{ kind: 'decoded', isFluid: true },
      },
    );
    return html`<figure>${drawing}<figcaption>${isNamed && html`${swatch(runColor(input, run))}<b>${run.name}</b>: `}${percent(gapShare(plane))} in gaps. Across: ${axis} 1 from ${figure(left, 2)} to ${figure(right, 2)}; up: ${axis} 2 from ${figure(bottom, 2)} to ${figure(top, 2)}.</figcaption></figure>`;
  })}</div>`;
}

/** All of a code of two numbers, decoded place by place; of wider ones the plane that shows most of them. */
export function manifold(input: LatentReportInput): Html | undefined {
  const all = input.runs.flatMap((run) => run.planes.map((plane): Shown => ({ run, plane })));
  const whole = all.filter(({ plane }) => plane.method === 'code');
  // What lies behind a bent map is no cut through the code; it is shown with the map.
  const cuts = all.filter(({ plane }) => plane.method === 'pca');
  if (whole.length + cuts.length === 0) return undefined;
  const hatched =
    'Hatched: gaps, which are farther from the codes, or come back less faithfully, than all but 1\u202f% of real codes.';
  const cut =
    cuts.length > 0 &&
    html`<p class="lead">Of a wider code, the plane of its first two principal components: one cut through it, with all other components at their mean.${whole.length === 0 && ` Each cell is what the decoder makes of that place. ${hatched}`}</p>${grid(input, cuts)}`;
  return html`${profileKey(input)}${
    whole.length > 0 &&
    html`<p class="lead">A code of two numbers is a plane, and this is all of it that the codes reach: each cell is what the decoder makes of that place. ${hatched}</p>${grid(input, whole)}`
  }${cut && (whole.length > 0 ? folded(`A cut through ${cuts.length === 1 ? 'the wider code' : several(cuts.length, 'wider code')}`, cut) : cut)}`;
}

/** Gaps begin to show at this opacity and deepen from there, so that their edge is seen. */
const EDGE = 0.4;

/** A drawing's own hatching of gaps; `id` is unique on the page. The lines say it without colour. */
function gapShade(plane: DecodedPlane, id: string, { width, height }: DrawnExamples): Html {
  const { columns, rows, depth } = plane.gaps;
  const opacity = Float32Array.from(depth, (value) => (value === 0 ? 0 : EDGE + ((1 - EDGE) * value) / 255));
  const mask = picture(opacity, { kind: 'picture', width: columns, height: rows, channels: 1 });
  return html`<defs><pattern id="${id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="tint" width="7" height="7"></rect><line class="hatch" x1="0" x2="0" y1="0" y2="7"></line></pattern><mask id="${id}-mask" maskUnits="userSpaceOnUse" x="0" y="0" width="${width}" height="${height}"><image width="${width}" height="${height}" preserveAspectRatio="none" href="${mask}"></image></mask></defs><rect width="${width}" height="${height}" fill="url(#${id}-hatch)" mask="url(#${id}-mask)"></rect>`;
}

/** The part of a plane that lies in gaps. */
export function gapShare({ gaps: { depth } }: DecodedPlane): number {
  return depth.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0) / depth.length;
}
