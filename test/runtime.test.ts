// The contract of a runtime, over all devices that any machine with Node has. The browser's has a test of its own.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Neg } from '../src/graph/ops/index.js';
import { variable } from '../src/graph/tensor.js';
import { encodeProgram } from '../src/onnx/encode.js';
import { createRuntime } from '../src/runtime/node.js';
import type { Device, HostTensor, Runtime } from '../src/runtime/runtime.js';
import { largestDifference, trainingCase } from './training-case.js';

const x = variable('x', ['n']);
const negate = encodeProgram({ name: 'negate', inputs: [x], outputs: { y: Neg(x), z: Neg(Neg(x)) } });
const tensor = (...values: number[]): HostTensor => ({
  type: 'float32',
  shape: [values.length],
  values: Float32Array.from(values),
});

/** Outputs of twenty steps of training. */
async function trained(runtime: Runtime): Promise<Readonly<Record<string, HostTensor>>> {
  const { program, feeds } = trainingCase({ steps: 20 });
  const executable = await runtime.load(program);
  return (await executable.run(feeds)).fetched;
}

let reference: Readonly<Record<string, HostTensor>>;
beforeAll(async () => {
  const runtime = await createRuntime({ device: 'cpu' });
  reference = await trained(runtime);
  await runtime.close();
});

describe.each<{ device: Device; threads: number }>([
  { device: 'cpu', threads: 1 },
  { device: 'cpu', threads: 2 },
  { device: 'wasm', threads: 1 },
  { device: 'wasm', threads: 2 },
])('the runtime on $device with $threads thread(s)', ({ device, threads }) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createRuntime({ device, threads });
  });
  afterAll(() => runtime.close());

  it('says what it runs on', () => {
    expect({ device: runtime.device, threads: runtime.threads }).toEqual({ device, threads });
  });

  it('trains to the same losses and parameters as one thread of native code, to 1e-4', async () => {
    const outputs = await trained(runtime);
    expect(Object.keys(outputs)).toEqual(Object.keys(reference));
    for (const [name, { type, shape, values }] of Object.entries(outputs)) {
      expect({ name, type, shape }).toEqual({ name, type: reference[name]!.type, shape: reference[name]!.shape });
      expect(largestDifference(values as Float32Array, reference[name]!.values as Float32Array), name).toBeLessThan(
        1e-4,
      );
    }
  });

  it('leaves the fed arrays as they were', async () => {
    const executable = await runtime.load(negate);
    const fed = tensor(1, 2, 3);
    await executable.run({ x: fed });
    expect([...(fed.values as Float32Array)]).toEqual([1, 2, 3]);
  });

  it('fetches memory that no later call writes to', async () => {
    const executable = await runtime.load(negate);
    const { fetched } = await executable.run({ x: tensor(1, 2, 3) });
    await executable.run({ x: tensor(7, 8, 9) });
    expect([...(fetched.y!.values as Float32Array)]).toEqual([-1, -2, -3]);
    expect(fetched.y!.values.buffer.byteLength).toBe(12);
  });

  it('keeps outputs that are fed again and downloaded more than once', async () => {
    const executable = await runtime.load(negate);
    const { kept, fetched } = await executable.run({ x: tensor(1, -2) }, ['y']);
    expect(Object.keys(fetched)).toEqual(['z']);
    expect(await runtime.download(kept.y!)).toEqual(tensor(-1, 2));
    const again = await executable.run({ x: kept.y! });
    expect(again.fetched.y).toEqual(tensor(1, -2));
    expect(await runtime.download(kept.y!)).toEqual(tensor(-1, 2));
    await runtime.free([kept.y!]);
    await expect(runtime.download(kept.y!)).rejects.toMatchObject({ code: 'internal' });
  });

  it('takes an uploaded tensor over where told to', async () => {
    const executable = await runtime.load(negate);
    const given = tensor(4, 5);
    const resident = await runtime.upload(given, true);
    expect(given.values.length).toBe(0);
    const { fetched } = await executable.run({ x: resident });
    expect(fetched.y).toEqual(tensor(-4, -5));
  });

  it('answers calls made at once one after another, also where their feeds are freed at once', async () => {
    const executable = await runtime.load(negate);
    const resident = await runtime.upload(tensor(6));
    const results = Promise.all([1, 2, 3].map((value) => executable.run({ x: tensor(value) })));
    const last = executable.run({ x: resident });
    const freed = runtime.free([resident]);
    expect((await results).map(({ fetched }) => fetched.y!.values[0])).toEqual([-1, -2, -3]);
    expect((await last).fetched.y!.values[0]).toBe(-6);
    await freed;
  });

  it('names the program that a call fails in', async () => {
    const executable = await runtime.load(negate);
    await expect(executable.run({ x: { ...tensor(1, 2), shape: [1, 2] } })).rejects.toThrow('program "negate": ');
  });

  it('keeps the caller’s event loop free during a call', async () => {
    const { program, feeds } = trainingCase({ steps: 50 });
    const executable = await runtime.load(program);
    let underWay = true;
    const call = executable.run(feeds).then(() => {
      underWay = false;
    });
    let turns = 0;
    for (; underWay; turns++) await new Promise((resolve) => setImmediate(resolve));
    await call;
    // One or two, where the call held the loop up.
    expect(turns).toBeGreaterThan(10);
  });

  it('lets the process end once it is closed, though a call was under way, and takes its threads along', () => {
    const program = Buffer.from(negate.bytes).toString('base64');
    const child = spawnSync(process.execPath, ['test/open-and-close.mjs', device, String(threads), program]);
    expect(child.stderr.toString()).toBe('');
    const { call, opened, left } = JSON.parse(child.stdout.toString());
    expect(call).toBe('cancelled');
    if (process.platform !== 'linux') return;
    expect(opened).toBeGreaterThanOrEqual(threads);
    // onnxruntime-node keeps one of its own.
    expect(left).toBeLessThanOrEqual(device === 'cpu' ? 1 : 0);
  });
});
