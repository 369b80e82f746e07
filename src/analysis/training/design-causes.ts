// Causes that lie in what the network is and what it minimises.

import { count, figure, percent, several } from '../../core/format.js';
import { type ComparisonFacts, type Finder, type Finders, hiddenUnits, wholeEpochs } from './comparison-facts.js';

/** A penalty with a smaller part of the gradient than this does not hold the network back. */
const PULL = 0.05;

const penaltyFlags: Readonly<Record<string, string>> = {
  l1: '`l1`',
  sparsity: '`sparsityWeight`',
  contractive: '`contractive`',
  l2: '`l2`',
  orthogonality: '`orthogonality`',
  adversarial: '`adversarial`',
};

/** The part of the gradient that a term makes, at the end. */
const pullOf = (facts: ComparisonFacts, term: string): number | undefined =>
  wholeEpochs(facts).at(-1)?.terms[term]?.share;

const tooSmall: Finder = ({ specification }) => {
  const { body, code, linearPath } = specification;
  const hidden = hiddenUnits(specification);
  const suggested = `\`encoder: [${Math.max(16, 4 * code.width)}]\``;
  if (body.type === 'dense' && hidden.length === 0) {
    return {
      finding: 'there are no hidden layers: with one layer to the code and one back there is little that PCA cannot do',
      remedy:
        body.activation === 'identity'
          ? 'use `kind: "basic"`, whose hidden layers are not linear'
          : `give hidden layers: ${suggested}`,
    };
  }
  if (body.type !== 'recurrent' && body.activation === 'identity') {
    return {
      finding: 'all hidden layers are linear, and PCA is the best that linear layers can do',
      remedy: 'use `activation: "relu"`',
    };
  }
  const narrowest = Math.min(...hidden);
  if (linearPath || narrowest >= code.width) return undefined;
  return {
    finding: `a hidden layer of ${several(narrowest, 'unit')} is narrower than the code of ${count(code.width)}`,
    remedy: `use wider layers: ${suggested}`,
  };
};

const otherLoss: Finder = ({ specification: { loss, trim }, bce }) => {
  if (trim !== undefined && trim > 0) {
    return {
      finding: `the loss leaves out ${percent(trim)} of each batch, the examples with the largest errors, and the comparison counts them`,
      remedy: 'leave out `trim`',
    };
  }
  if (loss !== 'bce') return undefined;
  const both =
    bce.network === null || bce.pca === null
      ? ''
      : `; in bce the network has ${figure(bce.network, 4)} per value and PCA ${figure(bce.pca, 4)}`;
  return {
    finding: `the network minimises binary cross-entropy (bce), PCA the squared error that is compared${both}`,
    remedy: 'use `loss: "mse"` `output: "clipped"`',
  };
};

const corrupted: Finder = ({ specification: { corruption } }) =>
  corruption.type === 'none'
    ? undefined
    : {
        finding: `the network is trained on corrupted examples (${corruption.type}) and compared on clean ones`,
        remedy: 'lower `noise`, or compare with gargalo denoise what it is trained for',
      };

const heldBackByCode: Finder = (facts) => {
  const { code, penalties } = facts.specification;
  switch (code.type) {
    case 'plain':
      // A sparsity penalty needs a code in 0 … 1.
      return code.activation === 'identity' || penalties.some(({ type }) => type === 'sparsity')
        ? undefined
        : {
            finding: `code values pass through ${code.activation}, those of PCA through nothing`,
            remedy: 'use `codeActivation: "identity"`',
          };
    case 'top-k':
      return {
        finding: `${count(code.active)} of ${several(code.width, 'code value')} are kept of an example, where PCA uses all`,
        remedy: `raise \`active\` (now ${code.active})`,
      };
    case 'gaussian': {
      const pull = pullOf(facts, 'divergence');
      if (code.beta === 0 || (pull !== undefined && pull < PULL)) return undefined;
      return {
        finding: `codes are drawn towards the prior${pull === undefined ? '' : ` by ${percent(pull)} of the gradient`}`,
        remedy: `lower \`beta\` (now ${code.beta})`,
      };
    }
    case 'quantized':
      return {
        finding: 'the code is charged for its size and made to be rounded, where that of PCA is not',
        remedy: `lower \`rate\` (now ${code.rate})`,
      };
    case 'vector-quantized':
      return {
        finding: `a code is ${several(code.vectors, 'entry', 'entries')} of a codebook of ${count(code.entries)}, where PCA has ${several(code.width, 'free number')}`,
        remedy: `raise \`entries\` (now ${code.entries}) or \`vectors\` (now ${code.vectors})`,
      };
  }
};

const heldBackByPenalty: Finder = (facts) => {
  const pulling = facts.specification.penalties
    .map(({ type, weight }) => ({ type, weight, pull: pullOf(facts, type) }))
    .filter(({ pull }) => pull === undefined || pull >= PULL)
    .sort((a, b) => (b.pull ?? 1) - (a.pull ?? 1));
  const [first] = pulling;
  if (!first) return undefined;
  const { type, weight, pull } = first;
  return {
    finding: `the penalty "${type}" makes ${pull === undefined ? 'a part' : percent(pull)} of the gradient`,
    remedy: `lower ${penaltyFlags[type]} (now ${weight})`,
  };
};

const randomStart: Finder = ({ specification }) => {
  const { body, code, linearPath, pretraining, output } = specification;
  const hasPlace = body.type === 'dense' ? body.encoder.length > 0 && !body.tied : body.codeLayer;
  const isPlain = code.type === 'gaussian' || (code.type === 'plain' && code.activation === 'identity');
  if (linearPath || pretraining || !hasPlace || !isPlain) return undefined;
  return {
    finding: 'training starts from random weights and has to find first what PCA knows',
    remedy: `use \`start: "pca"\`${output === 'sigmoid' ? ' `loss: "mse"` `output: "clipped"`' : ''}`,
  };
};

export const designCauses: Finders = {
  'too-small': tooSmall,
  loss: otherLoss,
  corruption: corrupted,
  code: heldBackByCode,
  penalty: heldBackByPenalty,
  'random-start': randomStart,
};
