import type { CarriedCells } from '../../data/dataset.js';
import type { DetectedBlock } from './detect.js';

/** Rows of a block. */
const ROWS = 2048;

/**
 * Scored rows in the order of their file. All are kept until the last is there.
 *
 * @param order the row of the file that each of the scored ones is
 */
export async function* inFileOrder(
  scored: AsyncIterable<DetectedBlock>,
  order: Int32Array,
): AsyncGenerator<DetectedBlock, void> {
  const blocks: DetectedBlock[] = [];
  for await (const block of scored) blocks.push(block);
  const [first] = blocks;
  if (!first) return;
  const width = first.contributions.length / first.scores.length;
  /** The block and the row in it that hold each row of the file. */
  const [ofBlock, ofRow] = [new Int32Array(order.length), new Int32Array(order.length)];
  for (const [b, { start, end }] of blocks.entries()) {
    for (let at = start; at < end; at++) [ofBlock[order[at]!], ofRow[order[at]!]] = [b, at - start];
  }
  for (let start = 0; start < order.length; start += ROWS) {
    const end = Math.min(order.length, start + ROWS);
    const count = end - start;
    const pick = <T>(of: (block: DetectedBlock, row: number) => T) =>
      Array.from({ length: count }, (_, i) => of(blocks[ofBlock[start + i]!]!, ofRow[start + i]!));
    const rows = (of: (block: DetectedBlock) => ArrayLike<number>, into: Float64Array | Float32Array) => {
      for (let i = 0; i < count; i++) {
        const [values, row] = [of(blocks[ofBlock[start + i]!]!), ofRow[start + i]!];
        for (let j = 0; j < width; j++) into[i * width + j] = values[row * width + j]!;
      }
    };
    const [contributions, observed, expected] = [
      new Float64Array(count * width),
      new Float32Array(count * width),
      new Float32Array(count * width),
    ];
    rows((block) => block.contributions, contributions);
    rows((block) => block.observed, observed);
    rows((block) => block.expected, expected);
    yield {
      ...{ start, end, contributions, observed, expected },
      scores: Float64Array.from(pick((block, row) => block.scores[row]!)),
      anomalies: Uint8Array.from(pick((block, row) => block.anomalies[row]!)),
      ...(first.labels && { labels: pick((block, row) => block.labels?.[row]) }),
      ...(first.names && { names: pick((block, row) => block.names?.[row] ?? '') }),
      ...(first.times && { times: Float64Array.from(pick((block, row) => block.times?.[row] ?? Number.NaN)) }),
      ...(first.carried && {
        carried: first.carried.map((cells, column): CarriedCells => {
          const own = pick((block, row) => block.carried?.[column]?.[row]);
          return cells instanceof Int32Array
            ? Int32Array.from(own, Number)
            : own.map((cell) => cell as string | undefined);
        }),
      }),
    };
  }
}
