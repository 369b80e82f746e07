// Messages name options as a program gives them, `scaling: "min-max"`. Where a person reads them in a terminal or on a page of the
// command line, they become what is typed there: --scaling min-max.

/** Flags that have another name than their option. */
const shortNames: Readonly<Record<string, string>> = { learningRate: 'lr' };

/** The flag of an option without its dashes: learningRate → lr, clipNorm → clip-norm. */
export function flagName(option: string): string {
  return shortNames[option] ?? option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A value as it is typed. */
function typed(literal: string): string {
  let value: unknown;
  try {
    value = JSON.parse(literal);
  } catch {
    return literal;
  }
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' && !/[\s"]/.test(value) ? value : literal;
}

/**
 * A message in which options stand as flags: "use `loss: "mse"`" becomes "use --loss mse". What it quotes of data, in double quotes,
 * stays as it is.
 */
export function asFlags(message: string): string {
  const quotedOrOption = /"(?:[^"\\]|\\.)*"|`([a-z][A-Za-z0-9]*)(?:: ([^`]+))?`/g;
  return message.replaceAll(quotedOrOption, (whole, name?: string, literal?: string) => {
    if (name === undefined) return whole;
    if (literal === undefined || literal === 'true') return `--${flagName(name)}`;
    return literal === 'false' ? `--no-${flagName(name)}` : `--${flagName(name)} ${typed(literal)}`;
  });
}
