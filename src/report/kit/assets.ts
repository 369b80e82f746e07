import { readFileSync } from 'node:fs';
import { GargaloError } from '../../core/errors.js';
import { paletteStyle } from './palette.js';

/** A style sheet that lies beside its page; the build copies it to where the page is built. */
export function styleSheet(url: URL): string {
  return readFileSync(url, 'utf8');
}

/**
 * A file that tools/build-page.mjs makes of src/report/client: it lies in dist/, also where these sources are run as they are.
 *
 * @throws GargaloError `not-available` where the package was not built
 */
export function built(name: string): Buffer {
  try {
    return readFileSync(new URL(`../../../dist/${name}`, import.meta.url));
  } catch {
    throw new GargaloError('not-available', 'report', `expected the file dist/${name}`, 'npm run build makes it');
  }
}

const readAssets = () => ({
  /** Runs before the page is drawn, so that a chosen theme does not flash. */
  early: built('report/client/early.js').toString('utf8'),
  script: built('report/client/page.js').toString('utf8'),
  css: paletteStyle + styleSheet(new URL('page.css', import.meta.url)),
});

let assets: ReturnType<typeof readAssets> | undefined;

/** What every page carries, read once. */
export function pageAssets() {
  assets ??= readAssets();
  return assets;
}
