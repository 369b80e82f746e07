import { rgbOf } from './raster.js';

const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');
const print = matchMedia('print');

/** A colour of the page's style sheet as red, green and blue. */
export const colorOf = (name: string) => rgbOf(getComputedStyle(root).getPropertyValue(`--${name}`).trim());

/** Whether the page is dark now; paper never is. */
export function isDark(): boolean {
  if (print.matches) return false;
  return root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
}

/** Calls when the page changes between light and dark, for paper too. */
export function onTheme(redraw: () => void): void {
  new MutationObserver(redraw).observe(root, { attributes: true, attributeFilter: ['data-theme'] });
  system.addEventListener('change', redraw);
  print.addEventListener('change', redraw);
}
