import { figure } from '../../../core/format.js';
import { type Room, round } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';

/** How large charts of scores are: with room above for what the threshold is called. */
export const scoreRoom = ({ pick }: Room) => {
  return { height: pick(340, 270), top: 34, right: pick(20, 12), left: pick(56, 50) };
};

/** How the threshold is drawn. */
export const thresholdRule = { stroke: 'var(--ink)', strokeDasharray: '5 4', strokeWidth: 1.5 } as const;

/** What the threshold is, in words over a chart. */
export const thresholdName = (threshold: number, x: number, top: number, anchor: 'start' | 'end'): Html =>
  html`<text x="${round(x)}" y="${top - 14}" text-anchor="${anchor}" style="fill:var(--ink)">threshold <tspan class="number">${figure(threshold, 3)}</tspan></text>`;
