// Every row, in the order of the table.
import { rows as denoising } from './denoising.mjs';
import { rows as depth } from './depth.mjs';
import { rows as kerasTutorial } from './keras-tutorial.mjs';
import { rows as quantized } from './quantized.mjs';
import { rows as sparse } from './sparse.mjs';

/** @type {import('./row.mjs').Row[]} */
export const rows = [...kerasTutorial, ...depth, ...denoising, ...sparse, ...quantized];
