// Anomalies: a model of what is normal, kept in a file with what its errors are like, judges rows that it has not seen.
import { arrayDataset, attribution, createRandom, detecting, detector, evaluateDetection, fit } from 'gargalo';
import { load, saveModel } from 'gargalo/node';

const columns = ['speed', 'torque', 'power', 'heat'];
const random = createRandom(1, 'machine');
/** A machine's state: power is speed times torque, heat follows power. */
const state = (): number[] => {
  const [speed, torque] = [2 + random.uniform(), 1 + random.uniform()];
  const power = speed * torque;
  return [speed, torque, power, 20 + 3 * power + 0.1 * random.normal()];
};
const table = (rows: readonly number[][]) =>
  arrayDataset(Float32Array.from(rows.flat()), { name: 'machine', shape: [4], columns });

const { autoencoder } = await fit(
  table(Array.from({ length: 1000 }, state)),
  detecting({ epochs: 60, seed: 1, threads: 1 }),
);
const fresh = table(Array.from({ length: 1000 }, state));
await using trained = await detector(autoencoder, fresh);
await saveModel('machine.onnx', trained);

// every twentieth row runs hot: each value alone is a usual one
const rows = Array.from({ length: 400 }, (_, i) =>
  state().map((value, k) => (i % 20 === 0 && k === 3 ? value + 4 : value)),
);
await using model = await detector(await load('machine.onnx', { threads: 1 }), undefined, { quantile: 0.99 });
const scores: number[] = [];
const causes = new Set<string>();
for await (const block of model.detect(rows)) {
  scores.push(...block.scores);
  for (const [row, anomaly] of block.anomalies.entries()) {
    if (anomaly === 1 && (block.start + row) % 20 === 0) causes.add(columns[attribution(block, row, 1)[0]!.value]!);
  }
}
const truth = rows.map((_, i) => (i % 20 === 0 ? 1 : 0));
console.log('area under the ROC curve', evaluateDetection(Float64Array.from(scores), truth, 0).rocAuc);
console.log('causes', ...causes);
