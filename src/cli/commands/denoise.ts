import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { badInput } from '../../core/errors.js';
import { several } from '../../core/format.js';
import { versionsSheet } from '../../data/before-after.js';
import { isImageFile } from '../../data/images/files.js';
import { streamOf } from '../../data/stream.js';
import { pictureEndings, writePicture } from '../../data/write/pictures.js';
import { checkWritable } from '../../data/write/write.js';
import { openAutoencoder } from '../../models/autoencoder.js';
import { corruptionOptions } from '../../models/socket-options.js';
import { type Corruption, isBounded, type Specification } from '../../models/specification.js';
import { corruptionOf } from '../../models/specify.js';
import { checkDenoiser, denoiseBlocks } from '../../tasks/denoise.js';
import { pictureLookOf } from '../../tasks/denoise-image.js';
import { denoiseImages } from '../../tasks/denoise-images.js';
import { checkExampleOutput, filled, openExampleWriter } from '../../tasks/example-output.js';
import type { TrainedModel } from '../../train/events.js';
import { loadModel, modelFileOf } from '../../train/model-file.js';
import { trainingOptions } from '../../train/options.js';
import { defineCommand, type Given, pick, text } from '../command.js';
import {
  cellOptions,
  modelArgument,
  noteModel,
  noteWhatWasRead,
  openExamples,
  outputOption,
  refuseOwnInput,
  since,
  withModel,
} from '../model-work.js';
import { machineOptions, type Reading, readingGroups, imageOptions as readingImages, readingOf } from '../options.js';
import type { Session } from '../session.js';

/** The options that corrupt clean data first. */
const options = {
  corruption: {
    ...corruptionOptions.corruption,
    choices: ['gaussian', 'masking', 'salt-and-pepper'],
    description:
      'the data are clean: do this to them first, and say how much of it is undone (default: the data are taken as they are)',
  },
  noise: {
    ...corruptionOptions.noise,
    description:
      'the same with so much of it: standard deviation in scaled units, or probability (default: as the model was trained)',
  },
  seed: { ...trainingOptions.seed, default: 0, description: 'seed of the corruption' },
} as const;

/** What only images can be asked for. */
const imageOptions = {
  whole: {
    type: 'flag',
    default: false,
    description:
      'clean images at their own size, in overlapping tiles of the size that the model takes (default: where it was trained on patches)',
  },
  format: {
    type: 'choice',
    choices: pictureEndings,
    default: undefined,
    description: 'the kind of the files in a folder (default: png)',
  },
} as const;

interface DenoiseCommand extends Given<typeof options & typeof imageOptions>, Reading {
  readonly model: string;
  /** The data: a type of its own name beside the options. */
  readonly data: string;
  readonly output: string;
  readonly sheet?: string;
}

/** The corruption that was asked for; what was left open is as the model was trained. */
function askedCorruption({ corruption, noise }: DenoiseCommand, specification: Specification): Corruption | undefined {
  if (corruption === undefined && noise === undefined) return undefined;
  const own = specification.corruption;
  const type = corruption ?? (own.type === 'none' ? 'gaussian' : own.type);
  if (type === own.type && noise === undefined) return own;
  return corruptionOf({ corruption: type, noise }, { bounded: isBounded(specification) });
}

function corruptionWords(corruption: Corruption | undefined): string {
  if (!corruption || corruption.type === 'none') return 'nothing';
  const amount = corruption.type === 'gaussian' ? corruption.deviation : corruption.probability;
  return `${corruption.type} ${amount}`;
}

/** Cleans examples of the size that the model takes. */
const denoiseExamples = (asked: DenoiseCommand, session: Session): Promise<void> =>
  withModel(
    asked,
    session,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const { model, output, seed = 0, format: ending, label } = asked;
      const source = streamOf(await openExamples(asked.data, readingOf(asked), specification));
      const corruption = askedCorruption(asked, specification);
      const started = performance.now();
      const { examples, cleaning } = await session.work('cleaned', async (work) =>
        filled(
          await openExampleWriter(output, specification, { source, label, ending, texts: session.texts }),
          async (writer) => {
            const walk = denoiseBlocks(autoencoder, source, { seed, ...work, ...(corruption && { corruption }) });
            let done = 0;
            let next = await walk.next();
            for (; !next.done; next = await walk.next()) {
              await writer.write(next.value.cleaned, next.value);
              done = next.value.end;
            }
            return { examples: done, cleaning: next.value };
          },
        ),
      );
      noteWhatWasRead(session, source);
      const psnr = cleaning && { psnrBefore: cleaning.before, psnrAfter: cleaning.after };
      const gained = cleaning
        ? `, PSNR ${cleaning.before.toFixed(1)} dB -> ${cleaning.after.toFixed(1)} dB (${corruptionWords(corruption)})`
        : '';
      session.result(
        {
          ...{ model, data: source.name, examples, ...(corruption && { corruption }), ...psnr, output },
          seconds: since(started),
        },
        `${output}: ${several(examples, 'cleaned example')} of ${source.name}${gained}`,
      );
    },
    (specification) => {
      checkDenoiser(specification, asked.model);
      return checkExampleOutput(asked.output, specification, asked.format);
    },
  );

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const gain = (before: number, after: number) => `${before.toFixed(2)} dB -> ${after.toFixed(2)} dB`;

/** Cleans images at their own size, each alone. */
async function denoiseFiles(model: TrainedModel, asked: DenoiseCommand, session: Session): Promise<void> {
  const { data: source, output, sheet } = asked;
  const { specification } = model;
  checkDenoiser(specification, asked.model);
  pictureLookOf(specification, asked.model);
  const corruption = askedCorruption(asked, specification);
  await refuseOwnInput(output, source);
  if (sheet !== undefined) await checkWritable(dirname(sheet));
  const autoencoder = openAutoencoder(model, await session.runtime(pick(asked, machineOptions)));
  try {
    const started = performance.now();
    const { measured, shown, broken, notes } = await session.work('images', (work) =>
      denoiseImages(autoencoder, { ...asked, ...work, source, corruption, texts: session.texts }),
    );
    noteWhatWasRead(session, { name: source, notes });
    if (broken > 0) session.warn(`${source}: ${several(broken, 'file')} left out that cannot be decoded`);
    if (sheet !== undefined) await writePicture(sheet, versionsSheet(shown));
    const pairs = measured.flatMap(({ psnrBefore, psnrAfter }) =>
      psnrBefore === undefined || psnrAfter === undefined ? [] : [[psnrBefore, psnrAfter] as const],
    );
    const psnr = corruption && {
      corruption,
      psnrBefore: mean(pairs.map(([before]) => before)),
      psnrAfter: mean(pairs.map(([, after]) => after)),
    };
    const overall = psnr
      ? `, PSNR ${gain(psnr.psnrBefore, psnr.psnrAfter)}, the mean of the images (${corruptionWords(corruption)})`
      : '';
    const each = measured.flatMap(({ name, psnrBefore, psnrAfter }) =>
      psnrBefore === undefined || psnrAfter === undefined ? [] : [`  ${name}  ${gain(psnrBefore, psnrAfter)}`],
    );
    session.result(
      {
        ...{ model: asked.model, data: source, examples: measured.length, ...psnr, images: measured, output },
        ...(sheet !== undefined && { sheet }),
        seconds: since(started),
      },
      [`${output}: ${several(measured.length, 'cleaned image')} of ${source}${overall}`, ...each],
    );
  } finally {
    await autoencoder.close();
  }
}

const isImages = async (source: string): Promise<boolean> =>
  ((await stat(source).catch(() => undefined))?.isDirectory() ?? false) || (await isImageFile(source));

/** `gargalo denoise <model> <data> -o <file>` */
export const define = defineCommand({
  arguments: {
    '<model>': modelArgument,
    '<data>': 'what to clean: "mnist" for its test images, a folder of images, or a file as gargalo train takes it',
  },
  options: {
    'Output:': {
      ...outputOption(
        'what to write, by its name: of images a sheet (.png, .jpg, …), a file each in a folder (cleaned/) or .idx; of all data .npy, .csv, .tsv or .parquet',
      ),
      ...cellOptions,
    },
    'Corruption:': { ...options, ...imageOptions },
    ...readingGroups,
    'Images:': {
      ...readingImages,
      sheet: text(
        '<file>',
        'of images cleaned at their own size, also a sheet of what came in, what came out and the clean image, side by side',
      ),
    },
    'Machine:': machineOptions,
  },
  notes:
    'The model must have been trained on corrupted examples (gargalo train <data> --kind denoising). Outputs are in the units\nof the data. Images are cleaned at their own size by a model that was trained on patches, and keep their names.',
  examples: [
    'gargalo denoise runs/denoise/model.onnx mnist --limit 100 --noise 0.5 -o cleaned.png',
    'gargalo train photos/ --patch 32 --stride 16 --color gray --kind denoising --body convolutional --noise 0.1 --out runs/grain',
    'gargalo denoise runs/grain/model.onnx scans/ -o cleaned/',
  ],
  async run(asked, session) {
    const { data: source, whole, sheet } = asked;
    if (await isImages(source)) {
      const path = await modelFileOf(asked.model);
      const model = await loadModel(path);
      if (whole || model.specification.input.picture?.patches) {
        noteModel(asked.model, path, session);
        return denoiseFiles(model, asked, session);
      }
    } else if (whole) {
      throw badInput(source, 'expected an image or a folder of images for --whole', 'leave --whole out');
    }
    if (sheet !== undefined) {
      throw badInput(
        '--sheet',
        'expected images that are cleaned at their own size',
        'give --whole too, or leave it out',
      );
    }
    return denoiseExamples(asked, session);
  },
});
