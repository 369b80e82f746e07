import type { ImageComparison } from '../../../tasks/compress/compare-images.js';
import type { CompressionFigures } from '../../../tasks/compress/compress.js';

/** What the report of a compressed file is made of. */
export interface CompressionReportInput {
  readonly title: string;
  readonly date: Date;
  /** The file that was written, as a person calls it. */
  readonly output: string;
  /** What was compressed. */
  readonly data: string;
  readonly figures: CompressionFigures;
  readonly embedded: boolean;
  readonly comparison: ImageComparison;
  /** The command that made it. */
  readonly command: string;
  readonly version?: string;
}

/** Ours and the formats: names and colours, in the order of the tables. */
export const contenders = [
  { key: 'ours', name: '.gar', color: 'network' },
  { key: 'jpeg', name: 'JPEG', color: 'c6' },
  { key: 'webp', name: 'WebP', color: 'c2' },
  { key: 'avif', name: 'AVIF', color: 'c8' },
] as const;
