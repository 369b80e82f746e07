// Every row, in the order of the table.
import { rows as classification } from './classification.mjs';
import { rows as compression } from './compression.mjs';
import { rows as contractive } from './contractive.mjs';
import { rows as convolutional } from './convolutional.mjs';
import { rows as defaults } from './defaults.mjs';
import { rows as denoising } from './denoising.mjs';
import { rows as depth } from './depth.mjs';
import { rows as detection } from './detection.mjs';
import { rows as detectionSeries } from './detection-series.mjs';
import { rows as detectionTables } from './detection-tables.mjs';
import { rows as generative } from './generative.mjs';
import { rows as kerasTutorial } from './keras-tutorial.mjs';
import { rows as latent } from './latent.mjs';
import { rows as linear } from './linear.mjs';
import { rows as photographs } from './photographs.mjs';
import { rows as quantized } from './quantized.mjs';
import { rows as series } from './series.mjs';
import { rows as sparse } from './sparse.mjs';

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  ...defaults,
  ...kerasTutorial,
  ...convolutional,
  ...linear,
  ...depth,
  ...denoising,
  ...photographs,
  ...sparse,
  ...contractive,
  ...generative,
  ...quantized,
  ...compression,
  ...latent,
  ...series,
  ...detection,
  ...detectionTables,
  ...detectionSeries,
  ...classification,
];
