import { loadSharp } from '../../data/images/sharp.js';
import type { Picture } from '../../data/write/picture-sheet.js';

/** The formats of images that a learned codec is set beside. */
export const imageCodecs = ['jpeg', 'webp', 'avif'] as const;
export type ImageCodec = (typeof imageCodecs)[number];

export const codecNames: Readonly<Record<ImageCodec, string>> = { jpeg: 'JPEG', webp: 'WebP', avif: 'AVIF' };

/** How hard an encoder tries. */
export interface CodecEffort {
  /** Of AVIF, 0 … 9; 9 takes five times as long as the usual 4 for about a tenth less. */
  readonly avif?: number | undefined;
}

/**
 * A picture as the bytes of an image file: JPEG by mozjpeg's tables and optimised scans, WebP at its highest effort, AVIF by
 * aom; gray pictures as gray ones, colours with all their resolution where the format allows (WebP halves them).
 *
 * @param quality 1 … 100
 */
export async function encodeImage(
  { width, height, channels, data }: Picture,
  codec: ImageCodec,
  quality: number,
  { avif: effort = 4 }: CodecEffort = {},
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  if (channels === 1) image.toColourspace('b-w');
  switch (codec) {
    case 'jpeg':
      return image.jpeg({ quality, mozjpeg: true, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'webp':
      return image.webp({ quality, effort: 6 }).toBuffer();
    case 'avif':
      return image.avif({ quality, effort, chromaSubsampling: '4:4:4' }).toBuffer();
  }
}

/** The pixels of an image file, with as many channels as the picture had that went in. */
export async function decodeImage(bytes: Uint8Array, channels: 1 | 3): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const image = sharp(bytes, { limitInputPixels: false });
  const { data, info } = await (channels === 1 ? image.toColourspace('b-w') : image.toColourspace('srgb'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels === channels) return data;
  // a format may hand back gray as three channels that are alike, or an opaque fourth one
  return Uint8Array.from({ length: info.width * info.height * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    return data[pixel * info.channels + (at % channels)] as number;
  });
}
