import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GargaloError } from '../core/errors.js';
import { operatorNames, sampleOperator } from '../graph/operator-cases.oracle.js';
import * as op from '../graph/ops/index.js';
import { allocate, variable } from '../graph/tensor.js';
import { encodeLoop, encodeProgram } from '../onnx/encode.js';
import { createRuntime } from './node.js';
import { type Device, devices, type HostTensor, type Runtime } from './runtime.js';

const x = variable('x', [2]);
const double = encodeProgram({ name: 'double', inputs: [x], outputs: { y: op.Mul(x, 2) } });
const two = (): HostTensor => ({ type: 'float32', shape: [2], values: Float32Array.of(1, 2) });

/** A loop whose every step costs a matrix product, and feeds for a number of steps. */
const side = 128;
const w = variable('w', [side, side]);
const busy = encodeLoop({
  name: 'busy',
  captured: [],
  carried: [{ state: w, next: op.Tanh(op.MatMul(w, w)) }],
  scanned: {},
  iteration: variable('iteration', [], 'int64'),
});
const busyFor = (steps: number): Record<string, HostTensor> => ({
  steps: { type: 'int64', shape: [], values: BigInt64Array.of(BigInt(steps)) },
  w: { type: 'float32', shape: [side, side], values: new Float32Array(side * side).fill(0.01) },
});

/** A process that starts a long call and then does what `then` says; built files, as workers always are. */
function child(then: string): { status: number | null; stderr: string; stdout: string } {
  const script = `
    import { createRuntime } from './dist/runtime/node.js';
    const runtime = await createRuntime();
    const bytes = Buffer.from('${Buffer.from(busy.bytes).toString('base64')}', 'base64');
    const program = await runtime.load({ name: 'busy', bytes, inputs: [], outputs: [] });
    const call = program.run({
      steps: { type: 'int64', shape: [], values: BigInt64Array.of(3000n) },
      w: { type: 'float32', shape: [${side}, ${side}], values: new Float32Array(${side * side}).fill(0.01) },
    });
    const failure = call.then(() => 'none', (error) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 50));
    ${then}`;
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 600_000,
  });
  return { status, stderr: stderr.toString(), stdout: stdout.toString() };
}

describe('the runtime in Node', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createRuntime();
  });
  afterAll(() => runtime?.close());

  it('leaves the event loop free during a long call', async () => {
    const program = await runtime.load(busy);
    let underWay = true;
    const call = program.run(busyFor(300)).then(() => {
      underWay = false;
    });
    let turns = 0;
    for (; underWay; turns++) await new Promise((resolve) => setImmediate(resolve));
    await call;
    await program.release();
    // One or two, where the call held the loop up.
    expect(turns).toBeGreaterThan(10);
  });

  it('empties an array that is handed over, and leaves one that is not', async () => {
    const [given, kept] = [two(), two()];
    const residents = [await runtime.upload(given, true), await runtime.upload(kept)];
    expect(given.values.byteLength).toBe(0);
    expect(kept.values).toEqual(Float32Array.of(1, 2));
    for (const resident of residents) expect(await runtime.download(resident)).toEqual(two());
    await runtime.free(residents);
  });

  it('gives back the memory that it was handed, also after it was computed with', async () => {
    const program = await runtime.load(double);
    const resident = await runtime.upload(two(), true);
    expect((await program.run({ x: resident })).fetched.y!.values).toEqual(Float32Array.of(2, 4));
    expect(await runtime.reclaim(resident)).toEqual(two());
    await expect(runtime.reclaim(resident)).rejects.toThrow(/was freed/);
    await program.release();
  });

  it('says what was freed or released', async () => {
    const program = await runtime.load(double);
    const resident = await runtime.upload(two());
    await runtime.free([resident]);
    await runtime.free([resident]);
    const freed = {
      name: 'GargaloError',
      code: 'internal',
      message: expect.stringMatching(/expected a resident tensor, \d+ was freed/),
    };
    await expect(program.run({ x: resident })).rejects.toMatchObject(freed);
    await expect(runtime.download(resident)).rejects.toMatchObject(freed);
    await program.release();
    await program.release();
    await expect(program.run({ x: two() })).rejects.toThrow('runtime: expected a loaded program, it was released');
  });

  it('names the program that is wrong, and goes on', async () => {
    const bad = { ...double, name: 'damaged', bytes: double.bytes.subarray(0, 40) };
    await expect(runtime.load(bad)).rejects.toMatchObject({ code: 'internal', where: 'program "damaged"' });
    const program = await runtime.load(double);
    await expect(program.run({})).rejects.toMatchObject({ code: 'internal', where: 'program "double"' });
    expect((await program.run({ x: two() })).fetched.y!.values).toEqual(Float32Array.of(2, 4));
    await program.release();
  });
});

describe('opening a runtime', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuses %d threads', async (threads) => {
    const refused = createRuntime({ threads });
    await expect(refused).rejects.toBeInstanceOf(GargaloError);
    await expect(refused).rejects.toThrow(`threads: expected a whole number of at least 1, got ${threads}`);
  });

  it('refuses a device that nobody knows, naming those there are', async () => {
    const refused = createRuntime({ device: 'gpu' as Device });
    await expect(refused).rejects.toMatchObject({ code: 'bad-input', where: 'device' });
    await expect(refused).rejects.toThrow(`expected one of ${devices.join(', ')}, got "gpu"`);
  });

  it('says of a device that is not here what it needs', async () => {
    // Neither is on every machine, and both never are.
    const absent: Device = process.platform === 'win32' ? 'coreml' : 'dml';
    for (const device of [absent, 'cuda'] as const) {
      const opened = await createRuntime({ device }).catch((error: unknown) => error);
      if (!(opened instanceof GargaloError)) {
        expect(device).toBe('cuda');
        await (opened as Runtime).close();
        continue;
      }
      expect(opened).toMatchObject({ code: 'not-available', where: 'device' });
      expect(opened.message).toContain(`expected the device "${device}", which this machine does not offer`);
      expect(opened.message).toMatch(/\([^)]*(CUDA|Windows|macOS)[^)]*\)$|\(.*(NVIDIA|Windows|macOS).*\)$/);
    }
  });
});

describe('closing a runtime', () => {
  it('fails what comes after, and what is under way, at once', async () => {
    const runtime = await createRuntime();
    const program = await runtime.load(busy);
    const calls = [program.run(busyFor(5000)), program.run(busyFor(5000)), runtime.upload(two())];
    const outcome = Promise.allSettled(calls);
    await sleep(20);
    const closed = runtime.close();
    for (const { status, ...rest } of await outcome) {
      expect({ status, rest }).toMatchObject({ status: 'rejected', rest: { reason: { code: 'cancelled' } } });
    }
    await closed;
    await runtime.close();
    const cancelled = { code: 'cancelled', message: 'runtime: closed' };
    await expect(runtime.load(double)).rejects.toMatchObject(cancelled);
    await expect(runtime.upload(two())).rejects.toMatchObject(cancelled);
    await expect(program.run(busyFor(1))).rejects.toMatchObject(cancelled);
  });

  it('in the middle of a call does not bring the process down', () => {
    const { status, stdout, stderr } = child('await runtime.close(); console.log(await failure);');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'cancelled\n', stderr: '' });
  });

  it('is done by the end of the process where nobody does it, with the exit code that was asked for', () => {
    expect(child('process.exit(3);')).toEqual({ status: 3, stdout: '', stderr: '' });
  });

  it('is done by an uncaught error too, which is still told', () => {
    const { status, stderr } = child("throw new Error('a mistake');");
    expect(status).toBe(1);
    expect(stderr).toContain('a mistake');
  });
});

describe('the devices cpu and wasm', () => {
  it('give the same for the same bytes, to 1e-5', async () => {
    const [cpu, wasm] = await Promise.all([createRuntime(), createRuntime({ device: 'wasm' })]);
    try {
      for (const name of operatorNames.filter((operator) => !operator.startsWith('Random'))) {
        const { output, feeds } = sampleOperator(name, 7);
        const program = encodeProgram({ name, inputs: [...feeds.keys()], outputs: { y: output } });
        const named = Object.fromEntries(
          [...feeds].map(([input, { shape, data }]) => {
            const values = allocate(input.type, data.length);
            for (const [i, value] of data.entries())
              values[i] = values instanceof BigInt64Array ? BigInt(value) : value;
            return [input.attributes.name, { type: input.type, shape, values }];
          }),
        );
        const [native, web] = await Promise.all(
          [cpu, wasm].map(async (runtime) => {
            const executable = await runtime.load(program);
            const { fetched } = await executable.run(named);
            await executable.release();
            return fetched.y!;
          }),
        );
        expect({ name, type: web!.type, shape: web!.shape }).toEqual({
          name,
          type: native!.type,
          shape: native!.shape,
        });
        for (const [i, value] of Array.from(native!.values, Number).entries()) {
          expect(Math.abs(Number(web!.values[i]) - value), name).toBeLessThanOrEqual(
            1e-5 * Math.max(1, Math.abs(value)),
          );
        }
      }
    } finally {
      await Promise.all([cpu.close(), wasm.close()]);
    }
  });
});
