import { flagName } from '../core/option-flags.js';
import type { Kind } from './kind.js';
import { kinds } from './kinds/index.js';
import { defaultWords, type Option } from './options.js';
import { bodyOptions, codeOptions, corruptionOptions, penaltyOptions, pretrainingOptions } from './socket-options.js';

const flagOf = (name: string): string => `--${flagName(name)}`;

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(',') || 'none' : String(value);
}

function rangeOf(option: Option): string {
  switch (option.type) {
    case 'choice':
      return option.choices.join(', ');
    case 'flag':
      return 'yes or no';
    case 'integers':
      return 'whole numbers';
    default: {
      const kind = option.type === 'integer' ? 'whole number' : 'number';
      const low = option.minimum === undefined ? '' : ` ${option.exclusive ? '>' : '≥'} ${option.minimum}`;
      return kind + low + (option.maximum === undefined ? '' : `, ≤ ${option.maximum}`);
    }
  }
}

/** What a kind sets differently, as flags. */
function ownDefaults({ defaults, options }: Kind): string {
  const own = Object.keys(defaults).map((name) => {
    const { default: value } = options[name as keyof typeof options];
    return `\`${flagOf(name)} ${shown(value)}\``;
  });
  return own.join(' ') || 'none of its own';
}

const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function section(kind: Kind): string {
  const { name, summary, formula, paper, training } = kind;
  return [
    `### ${name}`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    `    ${formula}`,
    `${paper}. Defaults: ${ownDefaults(kind)}.${training ? ` Of training: ${training.summary}.` : ''}`,
    `\`gargalo train <data> --kind ${name}\` · \`fit(data, ${camelCase(name)}())\``,
  ].join('\n\n');
}

function table(options: Readonly<Record<string, Option>>): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const usual = defaultWords(option, (value) => `\`${value}\``) ?? '';
    return `| \`${flagOf(name)}\` | ${rangeOf(option)} | ${usual} | ${option.description} |`;
  });
  return ['| option | values | default | what it does |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The family as a page in Markdown: every kind with its formula and source, every socket with its options. */
export function kindsPage(): string {
  return `${[
    '# The family',
    'Every autoencoder here has one shape, an encoder φ, a code z, a decoder ψ and a loss L, and four sockets: what is done to the input in training, what the code is, what is added to the loss, and what encoder and decoder are made of. A kind is a named setting of them: it differs from the others in its defaults alone, so `--kind variational --body convolutional --noise 0.3` is a denoising convolutional variational autoencoder. What does not go together is refused with the reason.',
    'Losses are means per element (bce in nats, or squared error in scaled units), and the terms beside the reconstruction are added to that. The options below are those of `gargalo train`; in the library they are written `codeActivation` instead of `--code-activation`. What is by the recipe is chosen for the data at hand, and said before training starts, unless it is given or `--recipe none` is.',
    'This page is made by `gargalo kinds --markdown`.',
    '## Kinds',
    ...kinds.map(section),
    '## Code',
    table(codeOptions),
    '## Body',
    table(bodyOptions),
    'How the defaults of convolutional bodies were found: [Colour pictures](colour-pictures.md).',
    '## Corruption',
    table(corruptionOptions),
    '## Penalties',
    table(penaltyOptions),
    '## Training layer by layer',
    table(pretrainingOptions),
  ].join('\n\n')}\n`;
}
