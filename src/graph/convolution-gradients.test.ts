import { describe, expect, it } from 'vitest';
import { chooseConvolutionForms } from './convolution-forms.js';
import { kernelGradientForm } from './convolution-gradients.js';
import { evaluate } from './evaluate.js';
import { contract, GRADIENT_TOLERANCE, gradientError } from './finite-differences.oracle.js';
import { grad } from './gradient.js';
import { createDraw } from './operator-cases.oracle.js';
import * as op from './ops/index.js';
import { type Tensor, topologicalOrder, variable } from './tensor.js';

const cases = [
  { channels: 1, filters: 4, strides: 1, pads: [1, 1, 1, 1], form: 'patches' },
  { channels: 4, filters: 1, strides: 1, pads: [1, 1, 1, 1], form: 'patches of the output' },
  { channels: 3, filters: 1, strides: 1, pads: [0, 2, 1, 0], form: 'patches of the output' },
  // more zeros than the kernel reaches over: the images cannot be exchanged
  { channels: 4, filters: 1, strides: 1, pads: [3, 1, 1, 1], form: 'shifted copies' },
  { channels: 4, filters: 4, strides: 1, pads: [1, 1, 1, 1], form: 'shifted copies' },
  { channels: 3, filters: 4, strides: 1, pads: [0, 0, 0, 0], form: 'shifted copies' },
  { channels: 4, filters: 4, strides: 2, pads: [0, 0, 1, 1], form: 'patches' },
] as const;

describe('the gradient of a kernel', () => {
  it.each(
    cases,
  )('$channels → $filters channels by $strides, pads $pads, is computed by $form, twice over', (option) => {
    const { channels, filters, pads, form } = option;
    const window = { strides: [option.strides, option.strides], pads } as const;
    expect(kernelGradientForm(channels, filters, [3, 3], window)).toBe(form);
    const draw = createDraw(1, JSON.stringify(option));
    const [x, w] = [draw.real([2, channels, 4, 5]), draw.real([filters, channels, 3, 3])];
    const y = op.Conv(x, w, undefined, window);
    expect(gradientError(contract(y, 1), draw.feeds, [w])).toBeLessThan(GRADIENT_TOLERANCE);
    const slope = grad(contract(op.Mul(y, y), 2), [w])[0]!;
    expect(gradientError(contract(slope, 3), draw.feeds, [x, w])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('wants a batch of static size', () => {
    const [x, w] = [variable('x', ['batch', 1, 4, 4]), variable('w', [2, 1, 3, 3])];
    expect(() => grad(op.ReduceSum(op.Conv(x, w)), [w])).toThrow('expected a batch of static size');
  });
});

describe('the gradient of a maximum over windows', () => {
  it.each([
    { strides: 2, pads: [0, 0, 0, 0] },
    { strides: 1, pads: [0, 0, 1, 1] },
  ] as const)('is shared among the largest, padding left out: strides $strides, pads $pads', ({ strides, pads }) => {
    const x = variable('x', [1, 1, 2, 2]);
    const feeds = new Map([[x, { shape: [1, 1, 2, 2], data: Float64Array.of(-3, -1, -1, -2) }]]);
    const y = op.MaxPool(x, { kernel: [2, 2], strides: [strides, strides], pads });
    const [gradient] = evaluate(grad(op.ReduceSum(y), [x]), feeds);
    // strides of 1: the windows are all four, the right column, the lower row and the last pixel
    expect([...gradient!.data]).toEqual(strides === 2 ? [0, 0.5, 0.5, 0] : [0, 1.5, 1.5, 1]);
  });
});

describe('the form of a convolution in training', () => {
  const opsOf = (tensor: Tensor): string[] => topologicalOrder([tensor]).map(({ op }) => op);

  it.each([
    { channels: 4, filters: 2, pads: [0, 1, 2, 1], op: 'Conv', becomes: 'ConvTranspose' },
    { channels: 2, filters: 3, pads: [1, 0, 1, 2], op: 'ConvTranspose', becomes: 'Conv' },
  ] as const)('leaves what a $op computes as it is, bias and uneven padding included', (option) => {
    const { channels, filters, pads } = option;
    const draw = createDraw(2, option.op);
    const kernel = option.op === 'Conv' ? [filters, channels, 3, 4] : [channels, filters, 3, 4];
    const inputs = [draw.real([2, channels, 5, 6]), draw.real(kernel), draw.real([filters])] as const;
    const output = (option.op === 'Conv' ? op.Conv : op.ConvTranspose)(...inputs, { pads });
    const [form] = chooseConvolutionForms([output]) as [Tensor];
    expect(opsOf(form)).toContain(option.becomes);
    const [expected, got] = evaluate([output, form], draw.feeds);
    expect(got!.shape).toEqual(expected!.shape);
    for (const [i, value] of expected!.data.entries()) expect(got!.data[i]).toBeCloseTo(value, 10);
  });

  it('copies the side with few channels', () => {
    const from = (inputs: number, outputs: number, threads?: number): string[] => {
      const convolution = op.Conv(variable('x', [2, inputs, 5, 5]), variable('w', [outputs, inputs, 3, 3]));
      return opsOf(chooseConvolutionForms([convolution], threads)[0]!);
    };
    expect(from(16, 1)).toContain('ConvTranspose');
    expect(from(1, 16)).toEqual(['Variable', 'Variable', 'Conv']);
    // The transposed one has but one thread.
    expect(from(16, 8)).toContain('ConvTranspose');
    expect(from(16, 8, 2)).toEqual(['Variable', 'Variable', 'Conv']);
    expect(from(16, 1, 2)).toContain('ConvTranspose');
  });
});
