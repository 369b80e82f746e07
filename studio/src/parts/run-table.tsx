import type { ComponentChildren } from 'preact';
import { optionText } from '../address.js';
import type { OptionValue } from '../engine/protocol.js';
import { words } from '../words/words.js';

/** Options in a cell: "code 2 · seed 1". */
export const optionWords = (options: readonly (readonly [name: string, value: OptionValue])[]): string =>
  options.map(([name, value]) => `${name} ${optionText(value)}`).join(' · ');

/** Runs, a row each; the last column has what can be done with them. */
export function RunTable({
  heads,
  children,
}: {
  readonly heads: readonly string[];
  readonly children: ComponentChildren;
}) {
  return (
    <div class="scroll">
      <table class="figures runs">
        <thead>
          <tr>
            {heads.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th>
              <span class="unseen">{words.value.runs.open}</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
