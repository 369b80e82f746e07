import { afterAll, beforeAll, expect, it } from 'vitest';
import { constant, encodeProgram, operators, variable } from '../graph.js';
import { lendRuntime } from './lend.js';
import { createRuntime } from './node.js';
import type { HostTensor, Runtime } from './runtime.js';

const x = variable('x', [2]);
const double = encodeProgram({ name: 'double', inputs: [x], outputs: { y: operators.Mul(x, constant(2)) } });
const two: HostTensor = { type: 'float32', shape: [2], values: Float32Array.of(1, 2) };

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime();
});
afterAll(() => runtime.close());

it('a part of a task has threads of its own on a runtime that is open, and gives the same', async () => {
  const lent = await createRuntime({ opened: runtime, threads: 2 });
  expect(lent).toMatchObject({ device: 'cpu', threads: 2 });
  const { fetched } = await (await lent.load(double)).run({ x: two });
  expect(fetched.y?.values).toEqual(Float32Array.of(2, 4));
  await lent.close();
});

it('closing it frees what it left, and leaves the runtime and what others hold there', async () => {
  const [lent, other] = [lendRuntime(runtime), lendRuntime(runtime)];
  const program = await other.load(double);
  const [mine, theirs] = [await lent.upload(two), await other.upload(two)];
  const loaded = await lent.load(double);
  const { kept } = await loaded.run({ x: mine }, ['y']);
  await lent.close();
  for (const tensor of [mine, ...Object.values(kept)]) await expect(runtime.download(tensor)).rejects.toThrow('freed');
  await expect(lent.upload(two)).rejects.toMatchObject({ code: 'cancelled' });
  await expect(loaded.run({ x: two })).rejects.toMatchObject({ code: 'cancelled' });
  expect((await program.run({ x: theirs })).fetched.y?.values).toEqual(Float32Array.of(2, 4));
  await other.close();
});

it('closes after the calls that are under way', async () => {
  const lent = lendRuntime(runtime);
  const program = await lent.load(double);
  const answer = program.run({ x: two });
  await lent.close();
  expect((await answer).fetched.y?.values).toEqual(Float32Array.of(2, 4));
});

it('closes quietly where the runtime has ended', async () => {
  const own = await createRuntime();
  const lent = lendRuntime(own);
  await lent.load(double);
  await own.close();
  await lent.close();
});

it.each([0, 1.5, 1e5])('refuses %d threads', (threads) => {
  expect(() => lendRuntime(runtime, threads)).toThrow('threads: expected a whole number of at least 1');
});
