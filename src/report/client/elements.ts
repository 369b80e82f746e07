/** An element with a class, attributes and what it holds; texts are set as text, never as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(text: string, action: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button' }, text);
  made.addEventListener('click', action);
  return made;
}

/** An example in words: its number as the page counts, and its class. */
export function exampleName(example: number, label: string | undefined): string {
  return `example ${example.toLocaleString('en-US')}${label === undefined ? '' : `, label ${label}`}`;
}
