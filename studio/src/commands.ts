// The same training as a command and as a program.
import { optionText } from './address.js';
import type { Setup } from './engine/protocol.js';

/** The flag of an option: learningRate → lr, clipNorm → clip-norm. */
const flagOf = (name: string): string =>
  name === 'learningRate' ? 'lr' : name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const files: Readonly<Record<string, string>> = { digits: 'mnist', own: 'pictures/' };
const fileOf = (data: string): string => files[data] ?? (data.includes('.') ? data : `${data}.csv`);

export function commandOf({ data, kind, options }: Setup): string {
  const flags = Object.entries(options).map(([name, value]) => {
    if (value === true) return `--${flagOf(name)}`;
    if (value === false) return `--no-${flagOf(name)}`;
    return `--${flagOf(name)} ${optionText(value)}`;
  });
  return ['npx gargalo train', fileOf(data), `--kind ${kind}`, ...flags].join(' ');
}

const functions: Readonly<Record<string, string>> = { 'vector-quantized': 'vectorQuantized' };

export function programOf({ data, kind, options }: Setup): string {
  const settings = Object.entries(options).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},\n`);
  const [open, from] = data === 'digits' ? ['loadMnist()', 'loadMnist'] : [`openData('${fileOf(data)}')`, 'openData'];
  const read =
    data === 'digits' ? `const { train, test: validation } = await ${open};` : `const { train } = await ${open};`;
  const name = functions[kind] ?? kind;
  const given = data === 'digits' ? ['  validation,\n', ...settings] : settings;
  return `import { fit, ${name} } from 'gargalo';
import { ${from} } from 'gargalo/node';

${read}
const { autoencoder, history } = await fit(train, ${name}({
${given.join('')}}));
console.log(history.at(-1)?.testSquaredError);
await autoencoder.close();
`;
}
