// What the type checker says of the public functions: it runs in `npm test`, and each line marked must be an error there.
import { describe, expect, expectTypeOf, it } from 'vitest';
import { basic, denoising, type FitOptions, fit, type KindName, variational } from '../src/index.js';
import type { SocketValues } from '../src/models/kind.js';
import type { OptionValues } from '../src/models/options.js';
import type { socketOptions } from '../src/models/socket-options.js';
import type { TrainingOptions, trainingOptions } from '../src/train/options.js';

describe('the types of options', () => {
  it('are those of the records that they were made from', () => {
    expectTypeOf<SocketValues>().toEqualTypeOf<OptionValues<typeof socketOptions>>();
    expectTypeOf<TrainingOptions>().toEqualTypeOf<OptionValues<typeof trainingOptions>>();
  });

  it('refuse names and values that no option has', () => {
    // @ts-expect-error a slip in the name of an option
    variational({ coed: 2 });
    // @ts-expect-error a choice that there is not
    basic({ activation: 'rleu' });
    // @ts-expect-error a text where a number is due
    denoising({ noise: '0.5' });
    // @ts-expect-error a slip in the name of a kind
    const options: FitOptions = { kind: 'basc' };
    expect(options.kind).toBe('basc');
    expectTypeOf(fit).parameter(1).toEqualTypeOf<FitOptions | undefined>();
    expectTypeOf<KindName>().toExtend<string>();
  });

  it('let a kind be named with its options', () => {
    expect(variational({ code: 2, beta: 4, epochs: 3 })).toEqual({ kind: 'variational', code: 2, beta: 4, epochs: 3 });
    expectTypeOf(variational()).toExtend<FitOptions>();
  });
});
