// The engine by itself: build an expression, differentiate it twice, run it as an ONNX program.
import { createRuntime, encodeProgram, grad, operators as op, variable } from 'gargalo/graph';

const x = variable('x', ['n']);
const loss = op.ReduceSum(op.Mul(op.Mul(x, x), x)); // Σ x³
const [slope] = grad(loss, [x]); // 3 x²
const [curvature] = grad(op.ReduceSum(slope!), [x]); // 6 x

const program = encodeProgram({ name: 'cubes', inputs: [x], outputs: { slope: slope!, curvature: curvature! } });
const runtime = await createRuntime();
const executable = await runtime.load(program);
const { fetched } = await executable.run({ x: { type: 'float32', shape: [3], values: Float32Array.of(1, 2, 3) } });
console.log('slope', [...(fetched.slope?.values ?? [])], 'curvature', [...(fetched.curvature?.values ?? [])]);
await runtime.close();
