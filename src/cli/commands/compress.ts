import { type Command, Option as Flag } from 'commander';
import type { Option } from '../../models/options.js';
import { defineModelCommand } from '../model-command.js';
import { speechOf } from '../shared-flags.js';

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
} as const satisfies Record<string, Option>;

/** `gargalo compress <model> <images> -o file.gar` */
export function define(command: Command): void {
  command.addOption(
    new Flag(
      '--report <file>',
      'write a page that shows it (.html): pictures at the same bytes, rate and distortion; compares too',
    ).helpGroup('Output:'),
  );
  defineModelCommand(command, {
    source: '<data>',
    explanation: 'what to compress: "mnist" for its test images, or images or a table as gargalo train takes them',
    note: 'Compression is lossy: what comes back is what the model rebuilds. Best for it are models trained with --bottleneck\nquantized. Without --embed, decompressing needs the same model; the file names its decoder by SHA-256.\n\nExample:\n  gargalo compress runs/codec/model.onnx mnist --psnr 22 -o digits.gar',
    windows: true,
    output: 'the file to write, ending in .gar',
    options: { heading: 'Codec:', records: options },
    run: async () => {
      const { runCompress } = await import('../compression-run.js');
      const { report } = command.opts<{ report?: string }>();
      const version = command.parent?.version() ?? '';
      return (asked, terminal) => runCompress({ ...asked, report, version, speech: speechOf(command) }, terminal);
    },
  });
}
