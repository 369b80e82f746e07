import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolutionalDefaults, convolutionalTraining } from './convolutional-defaults.js';
import { kindNamed } from './kinds/index.js';
import { builderOf } from './sockets/body/index.js';
import type { ConvolutionalBody } from './specification.js';

const bodyOf = (shape: readonly number[], values: object = {}): ConvolutionalBody =>
  kindNamed('convolutional').specify(
    { shape, scaling: { method: 'bytes', offset: [0], scale: [1 / 255] }, bounded: true },
    values,
  ).body as ConvolutionalBody;

describe('the convolutions that nobody chose', () => {
  it('work on patches of pictures that are large enough', () => {
    expect(convolutionalDefaults([32, 32, 3])).toEqual({ stem: 4, filters: [64] });
    expect(convolutionalDefaults([28, 28])).toEqual({ stem: 4, filters: [64] });
    expect(convolutionalDefaults([64, 64, 3])).toEqual({ stem: 4, filters: [64, 64] });
    expect(convolutionalDefaults([8, 40])).toEqual({ filters: [16, 32] });
    // as far as a side can be halved
    expect(convolutionalDefaults([16, 8192])).toEqual({ stem: 4, filters: [64, 64, 64] });
  });

  it('fit their pictures, whatever the size, and leave the code a dense layer of limited size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 512 }),
        fc.integer({ min: 4, max: 512 }),
        fc.constantFrom(1, 3),
        (...shape) => {
          const { stem = 1, filters } = convolutionalDefaults(shape);
          const body = { ...bodyOf([32, 32]), stem, filters, codeLayer: false };
          const { codeWidth } = builderOf(body).fit(body, { shape });
          if (stem > 1) expect(codeWidth).toBeLessThanOrEqual(6000);
        },
      ),
    );
  });

  it('give way to filters, a stem or a code without a layer that somebody chose', () => {
    expect(bodyOf([32, 32, 3])).toMatchObject({ stem: 4, filters: [64] });
    expect(bodyOf([32, 32, 3], { stem: 8 })).toMatchObject({ stem: 8, filters: [64] });
    for (const [values, filters] of [
      [{ filters: [16, 8, 8] }, [16, 8, 8]],
      [{ stem: 1 }, [16, 32]],
      [{ codeLayer: 'none' }, [16, 32]],
    ] as const) {
      const body = bodyOf([32, 32, 3], values);
      expect(body.filters).toEqual(filters);
      expect(body).not.toHaveProperty('stem');
    }
  });
});

describe('a code that is the last feature map', () => {
  it('leaves no place for hidden layers that a kind has by default, and refuses those that somebody chose', () => {
    const values = { body: 'convolutional', codeLayer: 'none', filters: [4, 4] } as const;
    const input = {
      shape: [28, 28],
      scaling: { method: 'bytes', offset: [0], scale: [1 / 255] },
      bounded: true,
    } as const;
    const kind = kindNamed('vector-quantized');
    expect(kind.options.encoder.default).toEqual([256]);
    expect(kind.specify(input, values).body).toMatchObject({ encoder: [] });
    expect(() => kind.specify(input, { ...values, encoder: [8] })).toThrow(/encoder: expected no dense layers/);
  });
});

describe('the training of a convolutional body', () => {
  it('goes in smaller steps from PCA, with gradients of more examples', () => {
    const [random, pca] = [convolutionalTraining('random'), convolutionalTraining('pca')];
    expect(pca.learningRate).toBeLessThan(random.learningRate);
    expect(pca.batch).toBeGreaterThan(random.batch);
  });
});
