import { defineKind } from '../kind.js';

/**
 * Sequence to sequence: the last state of an LSTM or GRU is the code, which the decoder gets at every step (Srivastava,
 * Mansimov & Salakhutdinov 2015, without their reversed order).
 */
export const recurrentKind = defineKind({
  name: 'recurrent',
  summary: 'sequence to sequence, for windows of a series: --window 64',
  formula: 'Σₜ L(xₜ, yₜ), y = LSTM(z repeated), z = the last state of LSTM(x)',
  paper: 'Srivastava, Mansimov & Salakhutdinov 2015; Hochreiter & Schmidhuber 1997; Cho et al. 2014',
  defaults: { body: 'recurrent' },
});
