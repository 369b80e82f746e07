// Files that were dropped onto the page.
import { arrayDataset, type Dataset } from 'gargalo';

/** The side that dropped pictures are brought to. */
const SIDE = 32;

const isPicture = ({ type }: File): boolean => type.startsWith('image/');

async function readPictures(files: readonly File[]): Promise<Dataset> {
  const values = new Uint8Array(files.length * SIDE * SIDE * 3);
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('expected a canvas to draw on');
  for (const [i, file] of files.entries()) {
    const picture = await createImageBitmap(file, { resizeWidth: SIDE, resizeHeight: SIDE, resizeQuality: 'high' });
    context.drawImage(picture, 0, 0);
    picture.close();
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    for (let p = 0; p < SIDE * SIDE; p++) values.set(data.subarray(4 * p, 4 * p + 3), (i * SIDE * SIDE + p) * 3);
  }
  return arrayDataset(values, { name: 'own', shape: [SIDE, SIDE, 3], names: files.map(({ name }) => name) });
}

/** Reads files as one data set. */
export async function readOwn(files: readonly File[]): Promise<Dataset> {
  const pictures = files.filter(isPicture);
  if (pictures.length > 0) return readPictures(pictures);
  throw new Error(`${files[0]?.name ?? 'drop'}: expected pictures`);
}
