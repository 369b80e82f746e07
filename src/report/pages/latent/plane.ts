import { drawExamples, examplesFigure, type Range } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { picture } from '../../kit/picture.js';
import type { DecodedPlane, LatentReportInput } from './input.js';

/** Gaps begin to show at this opacity and deepen from there, so that their edge is seen. */
const EDGE = 0.4;

/** A drawing's own hatching of gaps; `id` is unique on the page. The lines say it without colour. */
function gapShade(plane: DecodedPlane, id: string, width: number, height: number): Html {
  const { columns, rows, depth } = plane.gaps;
  const opacity = Float32Array.from(depth, (value) => (value === 0 ? 0 : EDGE + ((1 - EDGE) * value) / 255));
  const mask = picture(opacity, { kind: 'picture', width: columns, height: rows, channels: 1 });
  return html`<defs><pattern id="${id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="tint" width="7" height="7"></rect><line class="hatch" x1="0" x2="0" y1="0" y2="7"></line></pattern><mask id="${id}-mask" maskUnits="userSpaceOnUse" x="0" y="0" width="${width}" height="${height}"><image width="${width}" height="${height}" preserveAspectRatio="none" href="${mask}"></image></mask></defs><rect width="${width}" height="${height}" fill="url(#${id}-hatch)" mask="url(#${id}-mask)"></rect>`;
}

/** The part of a plane that lies in gaps. */
export function gapShare({ gaps: { depth } }: DecodedPlane): number {
  return depth.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0) / depth.length;
}

/** How a decoded plane is drawn. */
interface PlaneFigure {
  /** Unique on the page. */
  readonly id: string;
  readonly says: string;
  readonly range: Range;
  readonly color: string;
}

/** A decoded plane as one picture with its gaps hatched. */
export function planeFigure(
  input: LatentReportInput,
  plane: DecodedPlane,
  { id, says, range, color }: PlaneFigure,
): Html {
  const { columns, rows, outputs: values } = plane;
  const drawn = drawExamples({ input, values, count: columns * rows, columns, range, color, isPlane: true });
  const markup = gapShade(plane, id, drawn.width, drawn.height);
  return examplesFigure(drawn, { says, markup, kind: 'decoded', isFluid: true });
}
