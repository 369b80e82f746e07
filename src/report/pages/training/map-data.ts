import type { Sheet } from '../../kit/picture.js';

/** What travels with the page for the script of its map of codes. */
export interface MapData {
  /** [n, 2] in ten-thousandths of the frame. */
  readonly points: readonly number[];
  /** The class of each point, −1 where it is unknown; null without classes. */
  readonly labels: readonly number[] | null;
  readonly names: readonly string[];
  /** Examples behind the first points. */
  readonly pictures?: Sheet | undefined;
  readonly profiles?: { readonly size: number; readonly values: readonly number[] } | undefined;
}
