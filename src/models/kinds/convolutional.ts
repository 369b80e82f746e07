import { defineKind } from '../kind.js';

/**
 * Convolutions that halve the image's sides and a dense code; the decoder doubles them back (Masci et al. 2011, "Stacked
 * Convolutional Auto-Encoders"). Without a code layer the last feature map is the code. Where no filters are given, larger
 * pictures are read and written in patches.
 */
export const convolutionalKind = defineKind({
  name: 'convolutional',
  summary: 'convolutions for images: local features, the same everywhere',
  formula: 'L(x, ψ(φ(x))), φ of convolutions that halve the sides, ψ of their transposes',
  paper: 'Masci et al. 2011',
  defaults: { body: 'convolutional' },
});
