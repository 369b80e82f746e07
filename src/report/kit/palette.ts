/** Names and values of the colours, for one ground. The ten class colours keep ΔE ≥ 20 (light) and ≥ 25 (dark) from one another in normal sight and in simulated protanopia, deuteranopia and tritanopia (Machado 2009). */
export const light = {
  page: '#faf9f6',
  surface: '#ffffff',
  ink: '#1c1e22',
  muted: '#5c616b',
  faint: '#a2a6ad',
  line: '#e5e2db',
  network: '#1d5aa6',
  train: '#4c88cc',
  pca: '#a65410',
  gap: '#b23c17',
  floor: '#3f7447',
  input: '#5c616b',
  warn: '#8a5a00',
  'warn-ground': '#fdf4dd',
  c0: '#332288',
  c1: '#4a79da',
  c2: '#3fb09f',
  c3: '#0c5f0a',
  c4: '#9b9836',
  c5: '#d0b000',
  c6: '#bb755a',
  c7: '#7a1759',
  c8: '#94429a',
  c9: '#70605a',
  // How much brighter weights are drawn, whose colours are made for paper.
  lift: '1',
};

const dark: typeof light = {
  page: '#121417',
  surface: '#1a1d22',
  ink: '#e8e6e1',
  muted: '#a0a5ae',
  faint: '#6b7079',
  line: '#2d3138',
  network: '#84b6f4',
  train: '#5484ba',
  pca: '#e8a562',
  gap: '#ff8a5c',
  floor: '#8cc392',
  input: '#a0a5ae',
  warn: '#f0cf85',
  'warn-ground': '#2b2515',
  c0: '#7c73ff',
  c1: '#95c6ff',
  c2: '#6bffbe',
  c3: '#40731b',
  c4: '#bca52a',
  c5: '#ffff81',
  c6: '#e49170',
  c7: '#ad3a5f',
  c8: '#9946a2',
  c9: '#adb5bd',
  lift: '1.4',
};

function variables(colors: typeof light, scheme: string): string {
  return `color-scheme:${scheme};${Object.entries(colors)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')}`;
}

/** The colours as variables of a style sheet: light, dark where the reader or the system says so, and light on paper. */
export const paletteStyle = `:root{${variables(light, 'light')}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${variables(dark, 'dark')}}}
:root[data-theme=dark]{${variables(dark, 'dark')}}
@media print{:root,:root:not([data-theme=light]),:root[data-theme]{${variables(light, 'light')}}}
`;
