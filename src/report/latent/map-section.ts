import { html } from '../html.js';
import type { Section } from '../sections/section.js';
import type { LatentReportInput } from './input.js';

/** The codes on a plane with what the decoder makes of it: one map for each run. */
export function mapSection(_input: LatentReportInput): Section | undefined {
  return { id: 'map', short: 'Map', title: 'A map of the codes', body: html`` };
}
