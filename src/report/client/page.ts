// The script of every page: theme, copying, and what charts say when pointed at. The page reads well without it.
import { connectCodeMap } from './code-map.js';
import { connectStops } from './stops.js';
import { isDark } from './theme.js';

function connectTheme(toggle: HTMLButtonElement): void {
  const root = document.documentElement;
  const name = (): void => {
    toggle.textContent = isDark() ? 'Light' : 'Dark';
    toggle.setAttribute('aria-label', `Switch to the ${isDark() ? 'light' : 'dark'} page`);
  };
  toggle.hidden = false;
  toggle.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    root.dataset.theme = theme;
    try {
      localStorage.setItem('gargalo-theme', theme);
    } catch {
      // a page opened from a file may have no storage
    }
    name();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', name);
  name();
}

function connectCopy(button: HTMLButtonElement): void {
  button.addEventListener('click', async () => {
    const code = button.parentElement?.querySelector('code');
    if (!code) return;
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection()?.selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1600);
  });
}

for (const toggle of document.querySelectorAll<HTMLButtonElement>('[data-theme-toggle]')) connectTheme(toggle);
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) connectCopy(button);
for (const chart of document.querySelectorAll<SVGSVGElement>('[data-stops]')) connectStops(chart);
connectCodeMap();
