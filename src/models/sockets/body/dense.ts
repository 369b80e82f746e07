import { itemAt } from '../../../core/collections.js';
import type { Tensor } from '../../../graph/tensor.js';
import { type Activation, initializerFor } from '../../../nn/activations.js';
import { dense } from '../../../nn/dense.js';
import type { Scope } from '../../../nn/scope.js';
import { embedded, embeddedSize } from '../../embedding.js';
import { type DenseBody, decoderUnits, inputSize, type Specification } from '../../specification.js';
import type { BodyBuilder } from './body.js';

/** A dense layer of the body, with the place of its parameters. */
export interface Layer {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
}

function chain(prefix: string, last: string, sizes: readonly number[], activations: readonly Activation[]): Layer[] {
  return activations.map((activation, i) => ({
    name: `${prefix}/${i === activations.length - 1 ? last : i}`,
    inputs: itemAt(sizes, i),
    units: itemAt(sizes, i + 1),
    activation,
  }));
}

/** The activation of what the code layer gives. */
function codeActivation({ code }: Specification): Activation {
  return code.type === 'plain' || code.type === 'top-k' ? code.activation : 'identity';
}

/** The encoder's layers from the input inwards, the code's own last. */
export function encoderLayers(specification: Specification & { readonly body: DenseBody }): Layer[] {
  const { body, code } = specification;
  const activations = [...body.encoder.map(() => body.activation), codeActivation(specification)];
  const first = embeddedSize(specification.input, inputSize(specification));
  return chain('encoder', 'code', [first, ...body.encoder, code.width], activations);
}

/** The decoder's layers from the code outwards; the output layer is left without its activation. */
export function decoderLayers(specification: Specification & { readonly body: DenseBody }): Layer[] {
  const { body, code } = specification;
  const hidden = decoderUnits(body);
  const activations = [...hidden.map(() => body.activation), 'identity' as const];
  return chain('decoder', 'output', [code.width, ...hidden, inputSize(specification)], activations);
}

/** The weight of a layer that another layer shares, transposed. */
export function weightOf(scope: Scope, { name, inputs, units, activation }: Layer): Tensor {
  return scope.within(name, (layer) => layer.parameter('weight', [inputs, units], initializerFor(activation)));
}

/** A layer at work; with `tiedTo` it has the weight of another, transposed. */
export function throughLayer(scope: Scope, { name, units, activation }: Layer, x: Tensor, tiedTo?: Tensor): Tensor {
  return scope.within(name, (layer) => dense(layer, x, { units, activation, ...(tiedTo && { tiedTo }) }));
}

/** z = σ(W x + b), layer by layer; categories with an embedding go through it first. */
export const denseBody: BodyBuilder<DenseBody> = {
  encode(body, specification, scope, x) {
    const hidden: Record<string, Tensor> = {};
    const layers = encoderLayers({ ...specification, body }).slice(0, -1);
    const features = layers.reduce(
      (h, layer) => {
        const next = throughLayer(scope, layer, h);
        hidden[layer.name] = next;
        return next;
      },
      embedded(specification, scope, x),
    );
    return { features, hidden };
  },
  decode(body, specification, scope, z) {
    const whole = { ...specification, body };
    const mirror = body.tied ? encoderLayers(whole).reverse() : [];
    const layers = decoderLayers(whole);
    const hidden: Record<string, Tensor> = {};
    const logits = layers.reduce((h, layer, i) => {
      const twin = mirror[i];
      const next = throughLayer(scope, layer, h, twin && weightOf(scope, twin));
      if (i < layers.length - 1) hidden[layer.name] = next;
      return next;
    }, z);
    return { logits, hidden };
  },
  fit: () => ({}),
};
