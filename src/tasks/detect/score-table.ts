import type { ExampleStream } from '../../data/stream.js';
import type { WrittenTexts } from '../../data/table/formula-cells.js';
import type { TableSchema } from '../../data/table/schema.js';
import { type OutputCells, type OutputColumn, openTableWriter } from '../../data/write/write.js';
import { carriedColumns, isArray } from '../example-output.js';
import { attribution } from './attribution.js';
import type { DetectedBlock } from './detect.js';
import { causeNames } from './unseen.js';

/** Values that are named with an example, those that made most of its score. */
const CAUSES = 3;

/** Opens a table of scores, a row for each example, with its file, time and class in front. */
export async function openScoreTable(
  output: string,
  source: ExampleStream,
  label: string | undefined,
  names: readonly string[],
  schema: TableSchema | undefined,
  texts?: WrittenTexts,
) {
  const nameOf = causeNames(schema, names);
  const causes = isArray(output) ? 0 : Math.min(CAUSES, names.length);
  const own: OutputColumn[] = [
    { name: 'score', type: 'double' },
    { name: 'anomaly', type: 'number' },
    ...Array.from({ length: causes }, (_, i): OutputColumn[] => [
      { name: `cause ${i + 1}`, type: 'text' },
      { name: `cause ${i + 1} share`, type: 'number' },
    ]).flat(),
  ];
  const carried = carriedColumns(
    output,
    source,
    label,
    own.map(({ name }) => name),
  );
  const table = await openTableWriter(output, [...carried.columns, ...own], { texts });
  const numbers = (values: Float64Array | Float32Array): OutputCells => ({ values, at: 0, step: 1 });
  return {
    async write(block: DetectedBlock): Promise<void> {
      const rows = block.end - block.start;
      const parts = Array.from({ length: causes === 0 ? 0 : rows }, (_, row) =>
        Number.isNaN(block.scores[row]) ? [] : attribution(block, row, causes),
      );
      await table.write(rows, [
        ...carried.cells(block),
        numbers(block.scores),
        numbers(Float32Array.from(block.anomalies)),
        ...Array.from({ length: causes }, (_, i): OutputCells[] => [
          parts.map((part, row) => (part.length === 0 ? undefined : nameOf(block.cells, row, part[i]?.value ?? 0))),
          numbers(Float32Array.from(parts, (part) => part[i]?.share ?? 0)),
        ]).flat(),
      ]);
    },
    finish: () => table.finish(),
    discard: () => table.discard(),
  };
}
