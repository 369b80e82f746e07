import { basename, dirname } from 'node:path';
import { jobMetrics, said } from '../../analysis/metrics.js';
import { badInput } from '../../core/errors.js';
import { count, factor, figure, several } from '../../core/format.js';
import type { ExampleSource } from '../../data/stream.js';
import { checkWritable, replaceFile, writeFileAtomic } from '../../data/write/write.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import type { CodecComparison } from '../../tasks/compress/compare.js';
import { comparableLook, compareImages, type ImageComparison } from '../../tasks/compress/compare-images.js';
import { type CompressionFigures, compressParts } from '../../tasks/compress/compress.js';
import { codecNames } from '../../tasks/compress/image-codecs.js';
import { aligned } from '../aligned.js';
import { defineCommand, type Options, pick, text } from '../command.js';
import { modelArgument, openExamples, outputOption, since, withModel } from '../model-work.js';
import { machineOptions, readingGroups, readingOf } from '../options.js';
import type { Session } from '../session.js';

/** How fine codes are rounded, and what the file has in it. */
const options = {
  psnr: {
    type: 'number',
    default: undefined,
    minimum: 0,
    exclusive: true,
    description: 'the smallest file of at least that peak signal-to-noise ratio, in dB',
  },
  mse: {
    type: 'number',
    default: undefined,
    minimum: 0,
    exclusive: true,
    description: 'the smallest file of at most that mean squared error of a value, in scaled units (of bytes 0 … 1)',
  },
  bytes: { type: 'integer', default: undefined, minimum: 1, description: 'the best file of at most so many bytes' },
  step: {
    type: 'number',
    default: undefined,
    minimum: 0,
    exclusive: true,
    description:
      'codes are rounded to multiples of that (default: of a quantized code 1, else what adds a tenth to the error)',
  },
  effort: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description:
      'sweeps over the codes in which others near the encoder’s are tried on the decoder: 2 makes much better files and takes minutes for thousands of images; targets are then met on some of the examples',
  },
  embed: {
    type: 'flag',
    default: false,
    description: 'put the decoder into the file, its weights rounded: it can be decompressed without the model',
  },
  exact: { type: 'flag', default: false, description: 'with --embed: the weights as they are' },
  compare: {
    type: 'flag',
    default: false,
    description:
      'say what JPEG, WebP and AVIF make of the images (the first 2,000 of more), on one sheet and each alone',
  },
} as const satisfies Options;

/** Sizes and qualities, as people read them. */
function compressionWords(output: string, name: string, figures: CompressionFigures): string[] {
  const { examples, bytes, bytesPerExample, bitsPerPixel, bytesPerExampleWithDecoder, mse, psnr, ssim } = figures;
  const quality = [
    psnr === undefined ? said(jobMetrics.mse, mse) : said(jobMetrics.psnr, psnr),
    ...(ssim === undefined
      ? []
      : [`${said(jobMetrics.ssim, ssim)}${figures.ssimWindow === 11 ? '' : ` (window ${figures.ssimWindow})`}`]),
  ].join(', ');
  const bits = (value: number | undefined) => (value === undefined ? '' : `, ${value.toFixed(4)} bits per pixel`);
  return [
    `${output}: ${several(examples, 'example')} of ${name} in ${count(bytes)} bytes, lossy`,
    `  an example   ${bytesPerExample.toFixed(2)} bytes${bits(bitsPerPixel)}`,
    `  with decoder ${bytesPerExampleWithDecoder.toFixed(2)} bytes${bits(figures.bitsPerPixelWithDecoder)} (${count(figures.decoderBytes)} bytes spread over the examples)`,
    `  quality      ${quality}`,
  ];
}

/** The formats of images beside ours, as a table. */
function comparisonWords({ count: images, ours, alone, comparisons }: ImageComparison): string[] {
  const line = ({ codec, arrangement, bytesAtSameError, sameBytes }: CodecComparison): string[] => {
    const own = arrangement === 'sheet' ? ours.bytesPerImage : alone;
    return [
      `  ${codecNames[codec]}, ${arrangement === 'sheet' ? 'one sheet' : 'each alone'}`,
      bytesAtSameError === undefined ? '–' : `${figure(bytesAtSameError, 4)} (${factor(bytesAtSameError / own)})`,
      `${sameBytes.psnr.toFixed(2)} dB`,
      sameBytes.ssim.toFixed(4),
      `${figure(sameBytes.bytesPerImage, 4)} (quality ${sameBytes.quality})`,
    ];
  };
  return [
    `beside image files, ${several(images, 'image')}, bytes an image:`,
    ...aligned([
      ['', 'at the same error', 'at the same bytes', 'SSIM', 'in'],
      ['  .gar, one file', figure(ours.bytesPerImage, 4), `${ours.psnr.toFixed(2)} dB`, ours.ssim.toFixed(4), ''],
      ['  .gar, each alone', figure(alone, 4), '', '', ''],
      ...comparisons.map(line),
    ]),
  ];
}

/** The same for programs. */
function comparisonJson({ count: images, ours, alone, comparisons }: ImageComparison): object {
  const without = <T extends { readonly bytes: Uint8Array }>({ bytes: _bytes, ...figures }: T) => figures;
  return {
    images,
    ours,
    alone,
    codecs: comparisons.map(({ sameError, sameBytes, ...rest }) => ({
      ...rest,
      ...(sameError && { sameError: without(sameError) }),
      sameBytes: without(sameBytes),
    })),
  };
}

function checkName(output: string): void {
  if (!/\.gar$/i.test(output)) {
    throw badInput(output, `expected a file name ending in .gar, got "${basename(output)}"`, 'name it like images.gar');
  }
}

/** Writes a page that shows a comparison. */
async function writeReport(
  path: string,
  session: Session,
  {
    output,
    data,
    ...shown
  }: {
    readonly output: string;
    readonly data: string;
    readonly figures: CompressionFigures;
    readonly embedded: boolean;
    readonly comparison: ImageComparison;
  },
): Promise<void> {
  const { renderCompressionReport } = await import('../../report/pages/compression/report.js');
  const page = renderCompressionReport({
    ...shown,
    title: `${data} as ${basename(output)}`,
    date: new Date(),
    output: basename(output),
    data,
    command: session.commandWith({}),
    version: session.version,
  });
  await writeFileAtomic(path, page);
}

/** `gargalo compress <model> <images> -o file.gar` */
export const define = defineCommand({
  arguments: {
    '<model>': modelArgument,
    '<data>': 'what to compress: "mnist" for its test images, or images or a table as gargalo train takes them',
  },
  options: {
    'Output:': {
      ...outputOption('the file to write, ending in .gar'),
      report: text(
        '<file>',
        'write a page that shows it (.html): pictures at the same bytes, rate and distortion; compares too',
      ),
    },
    'Codec:': options,
    ...readingGroups,
    'Machine:': machineOptions,
  },
  notes:
    'Compression is lossy: what comes back is what the model rebuilds. Best for it are models trained with --bottleneck\nquantized. Without --embed, decompressing needs the same model; the file names its decoder by SHA-256.',
  examples: ['gargalo compress runs/codec/model.onnx mnist --psnr 22 -o digits.gar'],
  async run(asked, session) {
    const { model, output, report } = asked;
    const { embed, exact, compare, ...choice } = pick(asked, options);
    if (exact && !embed) throw badInput('exact', 'expected a decoder to embed with it, got none', 'give --embed too');
    const embedding = embed ? (exact ? 'exact' : 'rounded') : undefined;
    if (report !== undefined) await checkWritable(dirname(report));
    const isCompared = compare === true || report !== undefined;

    /** The same images as image files. */
    const comparisonWith = async (autoencoder: Autoencoder, examples: ExampleSource, { step }: CompressionFigures) => {
      const runtime = await session.runtime();
      session.note('comparing with JPEG, WebP and AVIF …');
      const { effort } = choice;
      return session.work('compared', ({ signal }) =>
        compareImages(autoencoder, examples, {
          step,
          effort,
          embed: embedding,
          signal,
          runtime,
          curves: report !== undefined,
        }),
      );
    };
    await withModel(
      asked,
      session,
      async (autoencoder) => {
        const examples = await openExamples(asked.data, readingOf(asked), autoencoder.specification);
        if (isCompared) comparableLook(examples);
        const started = performance.now();
        const runtime = await session.runtime(pick(asked, machineOptions));
        const figures = await session.work('compressed', (work) =>
          replaceFile(output, async (file) => {
            const walk = compressParts(autoencoder, examples, { ...choice, ...runtime, ...work, embed: embedding });
            let next = await walk.next();
            for (; !next.done; next = await walk.next()) await file.writeFile(next.value);
            return next.value;
          }),
        );
        const seconds = since(started);
        const comparison = isCompared ? await comparisonWith(autoencoder, examples, figures) : undefined;
        const data = examples.name;
        if (report !== undefined && comparison) {
          await writeReport(report, session, { output, data, figures, comparison, embedded: embedding !== undefined });
        }
        session.result(
          {
            ...{ model, data, output, embedded: embedding ?? null, ...figures, seconds },
            ...(comparison && { comparison: comparisonJson(comparison) }),
            ...(report !== undefined && { report }),
          },
          [
            ...compressionWords(output, data, figures),
            ...(comparison ? comparisonWords(comparison) : []),
            ...(report === undefined ? [] : [`report: ${report}`]),
          ],
        );
      },
      () => checkName(output),
    );
  },
});
