// A network that is already trained: its map is drawn before anything else is fetched.
import { useEffect, useRef, useState } from 'preact/hooks';
import sample from '../sample/sample.json';
import { words } from '../words/words.js';

/** Decoded places along a side of the sheet. */
const ACROSS = 13;
const points = Uint8Array.from(atob(sample.points), (letter) => letter.charCodeAt(0));
const sheet = `data:image/png;base64,${sample.sheet}`;

export function SampleMap() {
  const { start } = words.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<readonly [number, number]>();
  useEffect(() => {
    const surface = canvas.current;
    const context = surface?.getContext('2d');
    if (!surface || !context) return;
    const side = 2 * surface.clientWidth;
    surface.width = side;
    surface.height = side;
    const style = getComputedStyle(document.documentElement);
    context.globalAlpha = 0.85;
    for (let i = 0; i < points.length; i += 3) {
      context.fillStyle = style.getPropertyValue(`--c${points[i + 2]}`);
      context.beginPath();
      context.arc(((points[i] ?? 0) * side) / 255, ((points[i + 1] ?? 0) * side) / 255, 6, 0, 2 * Math.PI);
      context.fill();
    }
  }, []);
  const onMove = ({
    currentTarget,
    clientX,
    clientY,
  }: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    const at = (part: number) => Math.min(ACROSS - 1, Math.max(0, Math.floor(part * ACROSS)));
    setCell([at((clientX - left) / width), at((clientY - top) / height)]);
  };
  const [column, row] = cell ?? [3, 6];
  const part = 100 / (ACROSS - 1);
  return (
    <figure class="sample-map">
      <div onPointerMove={onMove}>
        <canvas ref={canvas} role="img" aria-label={start.sample} />
        <i
          class="cell"
          style={{ left: `${(100 * column) / ACROSS}%`, top: `${(100 * row) / ACROSS}%` }}
          aria-hidden="true"
        />
        <i
          class="answer"
          style={{ backgroundImage: `url(${sheet})`, backgroundPosition: `${column * part}% ${row * part}%` }}
          aria-hidden="true"
        />
      </div>
      <figcaption>{start.sample}</figcaption>
    </figure>
  );
}
