// Heat maps of images that detect scored, and what is said of them.
import { relative } from 'node:path';
import { jobMetrics } from '../analysis/metrics.js';
import { badInput } from '../core/errors.js';
import { figure, percent, several } from '../core/format.js';
import type { ExampleStream } from '../data/stream.js';
import type { Autoencoder } from '../models/autoencoder.js';
import { type HeatMaps, hasMasks, heatMaps } from '../tasks/detect/heat-maps.js';
import { aligned } from './aligned.js';
import { pick } from './command.js';
import type { DetectCommand } from './detect-scores.js';
import { imageOptions } from './options.js';
import type { Session } from './session.js';

const { pixelRocAuc, regionOverlap } = jobMetrics;

export function heatWords({ maps, white, unseen, masks, pixels }: HeatMaps, output: string | undefined): string[] {
  const folders = masks?.normal.map((name) => (name === '.' ? 'images outside of sub-folders' : `${name}/`)) ?? [];
  const known = [
    ...(pixels ? [`${several(pixels.regions, 'region')} in ${several(masks?.marked ?? 0, 'mask')}`] : []),
    ...(folders.length > 0 ? [`no masks, so taken for normal: ${folders.join(', ')}`] : []),
    ...(masks && masks.missing > 0 ? [`${several(masks.missing, 'image')} without a mask left out`] : []),
    ...(unseen > 0 ? [`${percent(unseen)} of the pixels are cut off and left out`] : []),
  ].join('; ');
  return [
    ...(output === undefined
      ? []
      : [
          `${output}: ${several(maps, 'heat map')}; white is the highest error of a pixel, ${figure(white)} in scaled units`,
        ]),
    ...(pixels
      ? aligned([
          [pixelRocAuc.name, `${pixelRocAuc.format(pixels.rocAuc)}  (${known})`],
          [regionOverlap.name, `${regionOverlap.format(pixels.regionOverlap)}  (PRO up to 30 % false alarms)`],
        ])
      : masks
        ? [`masks: nothing to compare with${known ? ` (${known})` : ''}`]
        : []),
  ];
}

/** Heat maps, where they are wanted or masks lie beside the images. */
export async function mapsOf(
  autoencoder: Autoencoder,
  { source, data, heatmaps }: Pick<DetectCommand, 'source' | 'data' | 'heatmaps'>,
  { picture }: ExampleStream,
  white: number,
  session: Session,
): Promise<HeatMaps | undefined> {
  if (!picture) {
    if (heatmaps === undefined) return undefined;
    throw badInput('heatmaps', 'expected a folder of images for it, got other data', 'leave it out');
  }
  if (heatmaps !== undefined && !/^\.\.([\\/]|$)/.test(relative(source, heatmaps))) {
    throw badInput(
      'heatmaps',
      'expected a folder outside of the images, which would be read with them',
      'name another',
    );
  }
  if (heatmaps === undefined && !(await hasMasks(source))) return undefined;
  const images = { ...pick(data, imageOptions), limit: data.limit };
  return session.work('mapped', (work) =>
    heatMaps(autoencoder, { source, images, output: heatmaps, white, texts: session.texts, ...work }),
  );
}
