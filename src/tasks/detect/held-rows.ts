import type { ExampleBlock } from '../../data/stream.js';

/** Rows of a series between being read and being told of, with what goes with them. */
export function heldRows(features: number) {
  let blocks: ExampleBlock[] = [];
  let taken = 0; // of the first block
  return {
    put(block: ExampleBlock): void {
      // its values are a view of what may be gone by then
      blocks.push({ ...block, values: block.values.slice() });
    },
    /** The next rows. */
    take(count: number): { values: Float32Array } & Pick<ExampleBlock, 'labels' | 'times' | 'names' | 'carried'> {
      const values = new Float32Array(count * features);
      const labels: (string | undefined)[] = [];
      const names: string[] = [];
      const times = new Float64Array(count);
      const has = blocks[0];
      const carried = has?.carried?.map((cells) =>
        cells instanceof Int32Array ? new Int32Array(count) : new Array<string | undefined>(count),
      );
      for (let done = 0; done < count; ) {
        const block = blocks[0]!;
        const rows = Math.min(count - done, block.end - block.start - taken);
        values.set(block.values.subarray(taken * features, (taken + rows) * features), done * features);
        if (block.labels) labels.push(...block.labels.slice(taken, taken + rows));
        if (block.names) names.push(...block.names.slice(taken, taken + rows));
        for (const [column, cells] of (block.carried ?? []).entries()) {
          for (let i = 0; i < rows; i++) carried![column]![done + i] = cells[taken + i]!;
        }
        if (block.times) times.set(block.times.subarray(taken, taken + rows), done);
        done += rows;
        taken += rows;
        if (taken === block.end - block.start) {
          blocks = blocks.slice(1);
          taken = 0;
        }
      }
      return {
        values,
        ...(has?.labels && { labels }),
        ...(has?.times && { times }),
        ...(has?.names && { names }),
        ...(carried && { carried }),
      };
    },
  };
}
