// Run by runtime.test.ts as a process of its own: closes a runtime with a call under way, then has nothing left to do.
// Arguments: device, threads, the program "negate" in base 64. Prints what became of the call and of the threads.
import { readdirSync } from 'node:fs';
import { createRuntime } from '../dist/runtime/node.js';

const [device, threads, program] = process.argv.slice(2);
const countThreads = () => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);

const before = countThreads();
const runtime = await createRuntime({ device, threads: Number(threads) });
const executable = await runtime.load({
  name: 'negate',
  bytes: Buffer.from(program, 'base64'),
  inputs: [],
  outputs: [],
});
const x = { type: 'float32', shape: [3], values: Float32Array.of(1, 2, 3) };
const call = executable.run({ x }).then(
  () => 'completed',
  (error) => error.code,
);
const during = countThreads();
await runtime.close();
// The system drops a thread a moment after it has ended.
for (let i = 0; i < 200 && countThreads() > before; i++) await new Promise((resolve) => setTimeout(resolve, 10));
process.stdout.write(JSON.stringify({ call: await call, opened: during - before, left: countThreads() - before }));
