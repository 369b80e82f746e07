import type { Tensor } from '../../../graph/tensor.js';
import type { Scope } from '../../../nn/scope.js';
import type { Body, Specification } from '../../specification.js';

/** What the encoder's hidden layers make of examples. */
export interface EncoderPass {
  /** [batch, n]: what the code is made of. */
  readonly features: Tensor;
  /** Outputs of the hidden layers, [batch, …], by the layer's name: for counting dead units. */
  readonly hidden: Readonly<Record<string, Tensor>>;
}

/** What the decoder makes of codes. */
export interface DecoderPass {
  /** [batch, input size]: what goes into the output's activation, or the output where that is the identity. */
  readonly logits: Tensor;
  /** As in {@link EncoderPass}. */
  readonly hidden: Readonly<Record<string, Tensor>>;
}

/** How encoder and decoder of a body are built. */
export interface BodyBuilder<B extends Body> {
  /**
   * The encoder up to the code's own layer.
   *
   * @param x [batch, input size], scaled
   */
  encode(body: B, specification: Specification, scope: Scope, x: Tensor): EncoderPass;
  /**
   * The decoder before its last activation.
   *
   * @param z [batch, code width]
   */
  decode(body: B, specification: Specification, scope: Scope, z: Tensor): DecoderPass;
  /**
   * Checks that a body fits its input, and says what width a code without a layer of its own has.
   *
   * @throws GargaloError `bad-input` with the reason where it does not fit
   */
  fit(
    body: B,
    input: { readonly shape: readonly number[]; readonly sequence?: boolean },
  ): { readonly codeWidth?: number; readonly positions?: number };
}
