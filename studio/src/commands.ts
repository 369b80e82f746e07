// The same training as a command and as a program.
import { flagName } from 'gargalo';
import { optionText } from './address.js';
import type { Setup } from './engine/protocol.js';

const files: Readonly<Record<string, string>> = { digits: 'mnist', own: 'pictures/' };
const fileOf = (data: string): string => files[data] ?? (data.includes('.') ? data : `${data}.csv`);

export function commandOf({ data, kind, options }: Setup): string {
  const flags = Object.entries(options).map(([name, value]) => {
    if (value === true) return `--${flagName(name)}`;
    if (value === false) return `--no-${flagName(name)}`;
    return `--${flagName(name)} ${optionText(value)}`;
  });
  return ['npx gargalo train', fileOf(data), `--kind ${kind}`, ...flags].join(' ');
}

export function programOf({ data, kind, options }: Setup): string {
  const settings = Object.entries(options).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},\n`);
  const [open, from] = data === 'digits' ? ['loadMnist()', 'loadMnist'] : [`openData('${fileOf(data)}')`, 'openData'];
  const read =
    data === 'digits' ? `const { train, test: validation } = await ${open};` : `const { train } = await ${open};`;
  const name = kind.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
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
