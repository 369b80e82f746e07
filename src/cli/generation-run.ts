// What denoise and sample do once their flags are read.

import { count } from '../core/format.js';
import { streamOf } from '../data/stream.js';
import type { PictureEnding } from '../data/write/pictures.js';
import type { Corruption, Specification } from '../models/specification.js';
import { corruptionOf } from '../models/specify.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { checkDenoiser, denoiseBlocks, isBounded } from '../tasks/denoise.js';
import { priorWords, sample, samplerOf } from '../tasks/sample.js';
import { checkExampleOutput, filled, openExampleWriter } from './example-output.js';
import { longWork } from './long-work.js';
import { type ModelCommand, openExamples, since, tellNotes, withModel } from './model-run.js';
import type { Terminal } from './terminal.js';

/** The corruption that was asked for; what was left open is as the model was trained. */
export function askedCorruption({ values }: ModelCommand, specification: Specification): Corruption | undefined {
  const { corruption, noise } = values as { corruption?: Exclude<Corruption['type'], 'none'>; noise?: number };
  if (corruption === undefined && noise === undefined) return undefined;
  const own = specification.corruption;
  const type = corruption ?? (own.type === 'none' ? 'gaussian' : own.type);
  if (type === own.type && noise === undefined) return own;
  return corruptionOf({ corruption: type, noise }, { bounded: isBounded(specification) });
}

/** `gargalo denoise` */
export async function runDenoise(command: ModelCommand, terminal: Terminal): Promise<void> {
  const { model, output, data } = command;
  await withModel(
    command,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const source = streamOf(await openExamples(command, specification));
      const corruption = askedCorruption(command, specification);
      const { seed = 0, format: ending } = command.values as { seed?: number; format?: PictureEnding };
      const started = performance.now();
      const options = { source, label: data.label, ending };
      const { examples, cleaning } = await longWork(command.speech, 'cleaned', async (work) =>
        filled(await openExampleWriter(output, specification, options), async (writer) => {
          const walk = denoiseBlocks(autoencoder, source, { seed, ...work, ...(corruption && { corruption }) });
          let done = 0;
          let next = await walk.next();
          for (; !next.done; next = await walk.next()) {
            await writer.write(next.value.cleaned, next.value);
            done = next.value.end;
          }
          return { examples: done, cleaning: next.value };
        }),
      );
      tellNotes(terminal, source);
      const psnr = cleaning && { psnrBefore: cleaning.before, psnrAfter: cleaning.after };
      const gain = cleaning
        ? `, PSNR ${cleaning.before.toFixed(1)} dB -> ${cleaning.after.toFixed(1)} dB (${corruptionWords(corruption)})`
        : '';
      terminal.result(
        {
          model,
          data: source.name,
          examples,
          ...(corruption && { corruption }),
          ...psnr,
          output,
          seconds: since(started),
        },
        `${output}: ${count(examples)} cleaned examples of ${source.name}${gain}`,
      );
    },
    (specification) => {
      checkDenoiser(specification, model);
      return checkExampleOutput(output, specification, (command.values as { format?: PictureEnding }).format);
    },
  );
}

export function corruptionWords(corruption: Corruption | undefined): string {
  if (!corruption || corruption.type === 'none') return 'nothing';
  const amount = corruption.type === 'gaussian' ? corruption.deviation : corruption.probability;
  return `${corruption.type} ${amount}`;
}

/** What was asked of `gargalo sample`. */
export interface SampleCommand {
  readonly model: string;
  readonly output: string;
  readonly count: number;
  readonly seed: number;
  readonly runtime: RuntimeOptions;
}

/** `gargalo sample` */
export async function runSample(command: SampleCommand, terminal: Terminal): Promise<void> {
  const { model, output, seed } = command;
  await withModel(
    command,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const started = performance.now();
      const { values, prior } = await sample(autoencoder, { count: command.count, seed });
      await filled(await openExampleWriter(output, specification), (writer) =>
        writer.write(values, { start: 0, end: command.count }),
      );
      terminal.result(
        { model, examples: command.count, prior, seed, output, seconds: since(started) },
        `${output}: ${count(command.count)} generated examples; ${priorWords[prior]}`,
      );
    },
    (specification, loaded) => {
      samplerOf(loaded, model);
      return checkExampleOutput(output, specification);
    },
  );
}
