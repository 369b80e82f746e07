import { describe, expect, it } from 'vitest';
import { asFlags } from './option-flags.js';

describe('options in messages', () => {
  it.each([
    ['use `loss: "mse"` `output: "identity"`', 'use --loss mse --output identity'],
    ['lower `learningRate` (now 0.1)', 'lower --lr (now 0.1)'],
    ['use `encoder: [128, 64]`', 'use --encoder 128,64'],
    ['`header: false` takes it for values', '--no-header takes it for values'],
    ['with `skipBroken: true`', 'with --skip-broken'],
    ['take it for the time with `time: "the time"`', 'take it for the time with --time "the time"'],
    ['`skip: 3`', '--skip 3'],
    ['expected a number, got "`x`", and "a \\"b\\" `x`"', 'expected a number, got "`x`", and "a \\"b\\" `x`"'],
    ['of `f(x)`, and of `two words`', 'of `f(x)`, and of `two words`'],
  ])('%s is typed as %s', (text, typed) => {
    expect(asFlags(text)).toBe(typed);
  });
});
