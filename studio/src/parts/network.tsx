import { figure } from '../words/words.js';

/** The network as a picture: a bar for each layer, its height to scale, and the narrow middle where the code is. */
export function Network({
  widths,
  code,
  label,
}: {
  readonly widths: readonly number[];
  /** Which of the widths is the code. */
  readonly code: number;
  readonly label: string;
}) {
  const [width, height] = [460, 170];
  const most = Math.max(...widths);
  const step = width / Math.max(1, widths.length);
  const bars = widths.map((units, i) => {
    const tall = Math.max(3, ((height - 34) * units) / most);
    return { units, x: step * (i + 0.5), top: (height - 24 - tall) / 2, tall };
  });
  return (
    <svg class="network-picture" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {bars.slice(1).map((bar, i) => {
        const before = bars[i];
        if (!before) return null;
        const shape = `M${before.x + 5} ${before.top} L${bar.x - 5} ${bar.top} V${bar.top + bar.tall} L${before.x + 5} ${before.top + before.tall} Z`;
        return <path key={bar.x} d={shape} class="between" />;
      })}
      {bars.map(({ units, x, top, tall }, i) => (
        <g key={x} class={i === code ? 'code' : 'layer'}>
          <rect x={x - 5} y={top} width="10" height={tall} rx="2" />
          <text x={x} y={height - 6} text-anchor="middle">
            {figure(units)}
          </text>
        </g>
      ))}
    </svg>
  );
}
