import { GargaloError } from '../../core/errors.js';

type SharpModule = typeof import('sharp').default;

let loading: Promise<SharpModule> | undefined;

/**
 * The library that decodes and encodes files of images (libvips), loaded when it is first needed. Its cache goes by the names of
 * files and would show an image that has been replaced since: it is off.
 *
 * @throws GargaloError `not-available` where it is not installed for this machine
 */
export function loadSharp(): Promise<SharpModule> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      sharp.cache(false);
      return sharp;
    },
    (error: unknown) => {
      const problem = 'expected the package "sharp" for files of images, which could not be loaded';
      throw new GargaloError('not-available', 'images', problem, 'npm install sharp on this machine', error);
    },
  );
  return loading;
}
