// Compression of the test images, beside JPEG, WebP and AVIF of all of them on one sheet.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codecTrial, compress, imageCodecs, loadMnist, openAutoencoder } from '../library.mjs';
import { root } from '../training.mjs';

/** The trainings, from small files to large ones. */
const codecs = [
  { name: 'small', flags: '--rate 0.2 --encoder 768,384 --code 32 --epochs 40' },
  { name: 'middle', flags: '--rate 0.05 --encoder 768,384 --code 48 --epochs 40' },
  { name: 'large', flags: '--rate 0.025 --encoder 768,384 --code 64 --epochs 40' },
];
/** Steps that each is measured with, 1 is what it was trained for, and sweeps of the search for better codes. */
const settings = [...[0.6, 0.8, 1, 1.4].map((step) => ({ step, effort: 0 })), { step: 1, effort: 2 }];
/** The one that stands in the table above. */
const isShown = ({ step, effort }) => step === 1 && effort === 2;
const qualities = {
  jpeg: [1, 5, 10, 15, 20, 30, 50, 70],
  webp: [1, 2, 5, 10, 20, 30, 50],
  avif: [1, 3, 5, 6, 8, 10, 12, 16, 20, 25, 30, 40, 50],
  // each of these takes minutes; that of quality 5 is the smallest that there is at all
  avif9: [5, 7, 8],
};
const names = { jpeg: 'JPEG', webp: 'WebP', avif: 'AVIF', avif9: 'AVIF, effort 9' };

/** Sheets of all test images at any quality; what has been made once is kept in a file. */
function sheets(test, bytes, say) {
  const folder = join(root, 'runs', 'results', 'compression-mnist');
  const path = join(folder, 'sheets.json');
  mkdirSync(folder, { recursive: true });
  const read = () => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});
  const known = read();
  const look = { kind: 'picture', width: 28, height: 28, channels: 1 };
  const pictures = { look, count: test.length, bytes };
  const trials = Object.fromEntries(
    [...imageCodecs, 'avif9'].map((name) => [
      name,
      codecTrial(pictures, name.replace('9', ''), 'sheet', { avif: name === 'avif9' ? 9 : 4 }),
    ]),
  );
  const sheet = async (codec, quality) => {
    const key = `${codec}/${quality}`;
    // sheets may be made beside this
    if (!known[key]) Object.assign(known, read());
    if (!known[key]) {
      say(`  the sheet as ${names[codec]}, quality ${quality}`);
      const { bytes: _bytes, ...outcome } = await trials[codec].at(quality);
      known[key] = outcome;
      writeFileSync(path, JSON.stringify(known, null, 1));
    }
    return known[key];
  };
  return sheet;
}

/**
 * The bytes of a format at an error: between the two sheets around it, straight in logarithms. Below the error of its smallest
 * sheet that is what it takes; undefined beyond its largest.
 */
async function bytesAt(sheet, codec, mse) {
  const made = [];
  for (const quality of qualities[codec]) made.push(await sheet(codec, quality));
  made.sort((a, b) => a.bytesPerImage - b.bytesPerImage);
  const at = made.findIndex((outcome) => outcome.mse <= mse);
  if (at <= 0) return made[at]?.bytesPerImage;
  const [below, above] = [made[at - 1], made[at]];
  const share = Math.log(below.mse / mse) / Math.log(below.mse / above.mse);
  return below.bytesPerImage * (above.bytesPerImage / below.bytesPerImage) ** share;
}

const decimals = (value, digits) => value.toFixed(digits);

/** Every operating point and every sheet, from the figures that are kept. */
function curves(figures) {
  const points = Object.keys(figures)
    .filter((key) => key.endsWith('/bytes') && key.split('/').length === 3)
    .map((key) => {
      const [codec, setting] = key.split('/');
      const of = (what) => figures[`${codec}/${setting}/${what}`];
      const [bytes, withDecoder, psnr, ssim, ratio] = ['bytes', 'withDecoder', 'psnr', 'ssim', 'ratio'].map(of);
      return { codec, setting, bytes, withDecoder, psnr, ssim, ratio };
    });
  const line = ({ codec, setting, bytes, withDecoder, psnr, ssim, ratio }) => {
    const ours = !names[codec];
    const name = ours
      ? `.gar, ${codec}, step ${setting.replace('s', ', searched')}`
      : `${names[codec]} sheet, quality ${setting}`;
    const spread = withDecoder === undefined ? '' : decimals(withDecoder, 2);
    const share = ratio === undefined ? '' : decimals(ratio, 3);
    return `| ${name} | ${decimals(bytes, 2)} | ${decimals(bytes / 98, 4)} | ${spread} | ${decimals(psnr, 2)} | ${decimals(ssim, 4)} | ${share} |`;
  };
  const sorted = points.sort((a, b) => a.psnr - b.psnr);
  return [
    'From small files to large ones; the last column is ours over the smallest sheet of the same error or less, of any format. A sheet of AVIF is never smaller than at its lowest qualities, whatever the error. “Bytes with decoder” has the decoder, rounded as `--embed` has it, spread over the 10,000 images.',
    '',
    '| file | bytes an image | bits per pixel | bytes with decoder | PSNR, dB | SSIM | of the smallest sheet |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...sorted.map(line),
  ].join('\n');
}

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'compression-mnist',
    kind: 'quantized code',
    network: '784-768-384-code-384-768-784, codes of 32, 48 and 64',
    setup:
      'Codes made to be rounded (Ballé et al. 2017), trained on the 60,000 training images, and the 10,000 test images as one .gar file each, codes searched near those of the encoder (`--effort 2`); whole files count. Beside them all test images edge to edge on one sheet of 2800 × 2800 pixels, so that headers hardly count: JPEG (mozjpeg), WebP (effort 6), AVIF (aom, 4:4:4, efforts 4 and 9, the latter at three qualities), gray, through sharp. Bytes at the same error lie between those of two qualities, in logarithms. The PSNR is that of the mean squared error of all pixels, which were rounded to bytes first; SSIM has a Gaussian window of 11 pixels and is the mean over the images.',
    figures: Object.fromEntries(
      codecs.flatMap(({ name }) => [
        [
          `${name}Bytes`,
          {
            label: `${name} files: bytes an image`,
            against: `${name}Best`,
            beside: 'smallest sheet of the same error',
            better: 'lower',
          },
        ],
        [`${name}Psnr`, { label: `${name} files: PSNR, dB`, better: 'higher' }],
        [`${name}Ssim`, { label: `${name} files: SSIM`, better: 'higher' }],
      ]),
    ),
    remark: (figures) => curves(figures),
    async run({ command, say }) {
      const { test } = await loadMnist();
      const bytes = Uint8Array.from(await test.block(0, test.length));
      const sheet = sheets(test, bytes, say);
      const figures = {};
      const all = [];
      const trained = [];
      for (const { name, flags } of codecs) {
        const one = await command(
          `compression-mnist-${name}`,
          `mnist --bottleneck quantized ${flags} --activation leaky-relu --loss mse --batch 128 --lr 1e-3 --schedule cosine --seed 1`,
        );
        trained.push(one);
        const autoencoder = openAutoencoder(one.model, { threads: 1 });
        try {
          for (const { step, effort } of settings) {
            say(`  ${name}, step ${step}, effort ${effort}`);
            const found = await compress(autoencoder, test, { step, effort });
            const at = `${name}/${step}${effort > 0 ? 's' : ''}`;
            figures[`${at}/bytes`] = found.bytesPerExample;
            figures[`${at}/withDecoder`] = found.bytesPerExampleWithDecoder;
            figures[`${at}/psnr`] = found.psnr;
            figures[`${at}/ssim`] = found.ssim;
            const shown = isShown({ step, effort });
            all.push({ name, at, shown, mse: found.mse, bytes: found.bytesPerExample });
            if (shown) {
              figures[`${name}Bytes`] = found.bytesPerExample;
              figures[`${name}Psnr`] = found.psnr;
              figures[`${name}Ssim`] = found.ssim;
              figures[`${name}DecoderBytes`] = found.decoderBytes;
            }
          }
        } finally {
          await autoencoder.close();
        }
      }
      for (const { name, at, shown, mse, bytes: ours } of all) {
        const same = {};
        for (const codec of Object.keys(qualities)) {
          const found = await bytesAt(sheet, codec, mse);
          if (found !== undefined) same[codec] = found;
        }
        const best = Math.min(...Object.values(same));
        figures[`${at}/ratio`] = ours / best;
        if (!shown) continue;
        figures[`${name}Best`] = best;
        for (const [codec, value] of Object.entries(same)) figures[`${name}-${codec}`] = value;
      }
      for (const [codec, list] of Object.entries(qualities)) {
        for (const quality of list) {
          const found = await sheet(codec, quality);
          figures[`${codec}/${quality}/bytes`] = found.bytesPerImage;
          figures[`${codec}/${quality}/psnr`] = found.psnr;
          figures[`${codec}/${quality}/ssim`] = found.ssim;
        }
      }
      const sum = (of) => trained.reduce((total, { summary }) => total + of(summary), 0);
      return {
        commands: trained.map(({ command: line }) => line),
        parameters: trained[1].summary.parameters,
        epochs: sum(({ epochs }) => epochs),
        seconds: sum(({ seconds }) => seconds),
        figures,
      };
    },
  },
];
