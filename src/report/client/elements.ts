/** Sets attributes of an element. */
export function setAttributes(node: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
}

/** An element with a class, attributes and what it holds; texts are set as text, never as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const node = document.createElement(name);
  setAttributes(node, attributes);
  node.append(...children);
  return node;
}

/** An element of a drawing. */
export function svgElement<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly Node[]
): SVGElementTagNameMap[Name] {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  setAttributes(node, attributes);
  node.append(...children);
  return node;
}

/** A button that does something. */
export function button(text: string, action: () => void): HTMLButtonElement {
  const node = element('button', { type: 'button' }, text);
  node.addEventListener('click', action);
  return node;
}

/** What a page has by its own making. */
export function part<T extends Element>(host: ParentNode, selector: string): T {
  const node = host.querySelector<T>(selector);
  if (!node) throw new Error(`expected ${selector} in the page`);
  return node;
}

/** What a canvas is drawn on with. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('expected a canvas to draw on');
  return context;
}

/** A canvas of so many pixels, and what it is drawn on with. */
export function canvasOf(width: number, height: number): readonly [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = element('canvas', { width, height });
  return [canvas, contextOf(canvas)];
}

/** Writes pixels of a canvas, red, green, blue and alpha, over what it shows. */
export function writePixels(context: CanvasRenderingContext2D, write: (pixels: Uint8ClampedArray) => void): void {
  const image = context.createImageData(context.canvas.width, context.canvas.height);
  write(image.data);
  context.putImageData(image, 0, 0);
}

/** Buttons of a legend, each with its class: one is chosen, or none, when it is clicked again. */
export function oneAlone(selector: string, choose: (alone: number | undefined) => void): void {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>(selector)];
  let alone: number | undefined;
  for (const node of buttons) {
    node.addEventListener('click', () => {
      const chosen = Number(node.dataset.class);
      alone = alone === chosen ? undefined : chosen;
      for (const other of buttons) other.setAttribute('aria-pressed', String(Number(other.dataset.class) === alone));
      choose(alone);
    });
  }
}

/** The directions of the arrow keys. */
export const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
