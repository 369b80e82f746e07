import { type Html, html } from '../../kit/html.js';
import { picture } from '../../kit/picture.js';
import type { DecodedPlane, LatentReportInput } from './input.js';
import { drawTray } from './tray.js';

/** Gaps begin to show at this opacity and deepen from there, so that their edge is seen. */
const EDGE = 0.4;

/** A drawing's own hatching of gaps; `id` is unique on the page. The lines say it without colour. */
export function gapShade(plane: DecodedPlane, id: string, width: number, height: number): Html {
  const { columns, rows, depth } = plane.gaps;
  const opacity = Float32Array.from(depth, (value) => (value === 0 ? 0 : EDGE + ((1 - EDGE) * value) / 255));
  const mask = picture(opacity, { kind: 'picture', width: columns, height: rows, channels: 1 });
  return html`<defs><pattern id="${id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="tint" width="7" height="7"></rect><line class="hatch" x1="0" x2="0" y1="0" y2="7"></line></pattern><mask id="${id}-mask" maskUnits="userSpaceOnUse" x="0" y="0" width="${width}" height="${height}"><image width="${width}" height="${height}" preserveAspectRatio="none" href="${mask}"></image></mask></defs><rect width="${width}" height="${height}" fill="url(#${id}-hatch)" mask="url(#${id}-mask)"></rect>`;
}

/** The part of a plane that lies in gaps. */
export function gapShare({ gaps: { depth } }: DecodedPlane): number {
  return depth.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0) / depth.length;
}

/** A decoded plane as one picture with its gaps hatched. */
export function planeFigure(
  input: LatentReportInput,
  {
    plane,
    id,
    says,
    range,
    color,
  }: { plane: DecodedPlane; id: string; says: string; range: readonly [number, number]; color: string },
): Html {
  const { columns, rows, outputs } = plane;
  const { markup, width, height } = drawTray({
    input,
    values: outputs,
    count: columns * rows,
    columns,
    range,
    color,
    isPlane: true,
  });
  return html`<svg class="tray decoded" viewBox="0 0 ${width} ${height}" role="img" aria-label="${says}">${markup}${gapShade(plane, id, width, height)}</svg>`;
}
