import type { Dataset, Series, SeriesCut } from './dataset.js';

/** The row that example i of a series starts at. */
export function startOf({ stride, starts }: Pick<SeriesCut, 'stride' | 'starts'>, i: number): number {
  return starts?.[i] ?? i * stride;
}

/** The rows that the examples start … end−1 are cut from: from the first, to the one after the last. */
export function rowsOf(cut: SeriesCut, start: number, end: number): readonly [from: number, to: number] {
  return [startOf(cut, start), startOf(cut, end - 1) + cut.window];
}

/** The series that a data set's examples are overlapping windows of, where they are: {@link startOf} says which rows an example holds. */
export function seriesOf({ series, block }: Pick<Dataset, 'series' | 'block'>): Series | undefined {
  return series?.block === block ? series : undefined;
}
