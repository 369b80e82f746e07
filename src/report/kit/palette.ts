/**
 * Names of the colours with their values on a light and on a dark ground. The ten class colours keep ΔE ≥ 20 (light) and ≥ 25 (dark)
 * from one another in normal sight and in simulated protanopia, deuteranopia and tritanopia (Machado 2009).
 */
const colors = {
  page: ['#faf9f6', '#121417'],
  surface: ['#ffffff', '#1a1d22'],
  ink: ['#1c1e22', '#e8e6e1'],
  muted: ['#5c616b', '#a0a5ae'],
  faint: ['#a2a6ad', '#6b7079'],
  line: ['#e5e2db', '#2d3138'],
  network: ['#1d5aa6', '#84b6f4'],
  train: ['#4c88cc', '#5484ba'],
  pca: ['#a65410', '#e8a562'],
  gap: ['#b23c17', '#ff8a5c'],
  floor: ['#3f7447', '#8cc392'],
  input: ['#5c616b', '#a0a5ae'],
  warn: ['#8a5a00', '#f0cf85'],
  'warn-ground': ['#fdf4dd', '#2b2515'],
  c0: ['#332288', '#7c73ff'],
  c1: ['#4a79da', '#95c6ff'],
  c2: ['#3fb09f', '#6bffbe'],
  c3: ['#0c5f0a', '#40731b'],
  c4: ['#9b9836', '#bca52a'],
  c5: ['#d0b000', '#ffff81'],
  c6: ['#bb755a', '#e49170'],
  c7: ['#7a1759', '#ad3a5f'],
  c8: ['#94429a', '#9946a2'],
  c9: ['#70605a', '#adb5bd'],
  // How much brighter weights are drawn, whose colours are made for paper.
  lift: ['1', '1.4'],
  // How much of a decoded plane is seen behind points.
  behind: ['.42', '.62'],
} as const;

/** A colour on a light ground, by its name. */
export const lightColor = (name: keyof typeof colors): string => colors[name][0];

/** Colours of classes before they repeat. */
export const classColors = (['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9'] as const).map(lightColor);

/** The variables of a style sheet for one ground. */
const variables = (scheme: 'light' | 'dark'): string => {
  const values = Object.entries(colors).map(
    ([name, [light, dark]]) => `--${name}:${scheme === 'light' ? light : dark}`,
  );
  return `color-scheme:${scheme};${values.join(';')}`;
};

/** The colours as variables of a style sheet: light, dark where the reader or the system says so, and light on paper. */
export const paletteStyle = `:root{${variables('light')}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${variables('dark')}}}
:root[data-theme=dark]{${variables('dark')}}
@media print{:root,:root:not([data-theme=light]),:root[data-theme]{${variables('light')}}}
`;
