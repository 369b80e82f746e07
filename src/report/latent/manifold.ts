import { percent, several } from '../format.js';
import { html } from '../html.js';
import type { Section } from '../sections/section.js';
import type { LatentReportInput } from './input.js';
import { gapShare, planeFigure } from './plane.js';
import { runColor } from './spaces.js';
import { drawnRange } from './tray.js';

/** All of a code of two numbers, decoded place by place. */
export function manifoldSection(input: LatentReportInput): Section | undefined {
  const shown = input.runs.flatMap((run) =>
    run.planes.filter(({ method }) => method === 'code').map((plane) => ({ run, plane })),
  );
  if (shown.length === 0) return undefined;
  const range = drawnRange(
    input,
    shown.map(({ plane }) => plane.outputs),
  );
  return {
    id: 'manifold',
    short: 'Manifold',
    title: 'Everything the decoder can say',
    body: html`<p class="lead">A code of two numbers is a plane, and this is all of it that the codes reach: each cell is what the decoder makes of that place. Hatched: gaps, where no example was encoded to or what is decoded does not come back.</p>
<div class="manifolds${shown.length > 1 ? ' beside' : ''}">${shown.map(
      ({ run, plane }) =>
        html`<figure>${planeFigure(input, {
          plane,
          id: `manifold-${input.runs.indexOf(run)}`,
          says: `${run.name}: ${several(plane.columns * plane.rows, 'place')} of the code’s plane decoded, ${percent(gapShare(plane))} of it hatched as gaps`,
          range,
          color: runColor(input, run),
        })}<figcaption>${shown.length > 1 && html`<span class="swatch" style="--swatch:var(--${runColor(input, run)})"></span><b>${run.name}</b>: `}${percent(gapShare(plane))} in gaps. Across: code value 1, from ${plane.extent.left.toPrecision(3)} to ${plane.extent.right.toPrecision(3)}; up: code value 2, from ${plane.extent.bottom.toPrecision(3)} to ${plane.extent.top.toPrecision(3)}.</figcaption></figure>`,
    )}</div>`,
  };
}
