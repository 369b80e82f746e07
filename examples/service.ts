// A service that judges one row of JSON, without files: trained on rows in memory, kept as bytes, opened again, asked.
import { createRandom, detecting, detector, fit, load, save } from 'gargalo';

const random = createRandom(1, 'machines');
/** A machine of type A turns slowly and runs hot, one of type B the other way round. */
const reading = () => {
  const machine = random.uniform() < 0.5 ? 'A' : 'B';
  const load = random.uniform();
  return {
    machine,
    speed: (machine === 'A' ? 20 : 60) + 5 * load,
    temperature: (machine === 'A' ? 80 : 40) + 10 * load + 0.2 * random.normal(),
  };
};
const readings = Array.from({ length: 800 }, reading);

const { autoencoder } = await fit(readings, detecting({ epochs: 40, seed: 1, threads: 1 }));
const trained = await detector(autoencoder, readings);
const bytes = save(trained);
await trained.close();

await using machine = await detector(await load(bytes));
const [usual, swapped] = await machine.score([
  { machine: 'A', speed: 22, temperature: 84 },
  { machine: 'B', speed: 22, temperature: 84 },
]);
const [verdict] = await machine.predict([{ machine: 'B', speed: 22, temperature: 84 }]);
console.log('a usual row', usual, 'the row of another machine', swapped, 'anomaly', verdict);
