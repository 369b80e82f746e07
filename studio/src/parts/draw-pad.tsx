// Drawing an example by hand, and seeing what the network makes of it.
import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { DataFacts } from '../engine/protocol.js';
import { engine } from '../state.js';
import { words } from '../words/words.js';
import { own } from './map-view.js';
import { Example } from './picture.js';

const SIDE = 168;
const seen = signal<{ readonly drawn: Float32Array; readonly rebuilt: Float32Array } | undefined>(undefined);

/**
 * What was drawn as MNIST has its digits: the box of the ink is brought to 20 of 28 pixels, and its centre of mass to the middle
 * (LeCun et al. 1998).
 */
function digitOf(canvas: HTMLCanvasElement, { form, high }: DataFacts): Float32Array | undefined {
  if (form.type !== 'picture') return undefined;
  const { width, height } = form;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const ink = context?.getImageData(0, 0, SIDE, SIDE).data;
  if (!ink) return undefined;
  let [left, right, top, bottom, mass, x, y] = [SIDE, -1, SIDE, -1, 0, 0, 0];
  for (let p = 0; p < SIDE * SIDE; p++) {
    const alpha = ink[4 * p + 3] ?? 0;
    if (alpha < 16) continue;
    const [px, py] = [p % SIDE, Math.floor(p / SIDE)];
    [left, right, top, bottom] = [Math.min(left, px), Math.max(right, px), Math.min(top, py), Math.max(bottom, py)];
    mass += alpha;
    x += alpha * px;
    y += alpha * py;
  }
  if (mass === 0) return undefined;
  const scale = (20 / 28) * (Math.min(width, height) / Math.max(right - left, bottom - top, 1));
  const small = new OffscreenCanvas(width, height).getContext('2d');
  if (!small) return undefined;
  small.imageSmoothingQuality = 'high';
  small.translate(width / 2 - (x / mass) * scale, height / 2 - (y / mass) * scale);
  small.scale(scale, scale);
  small.drawImage(canvas, 0, 0);
  const { data } = small.getImageData(0, 0, width, height);
  return Float32Array.from({ length: width * height }, (_, i) => ((data[4 * i + 3] ?? 0) / 255) * (high[0] ?? 1));
}

export function DrawPad({ facts }: { readonly facts: DataFacts }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Where the stroke under way came to. */
  const before = useRef<[number, number] | undefined>(undefined);
  const { map } = words.value;
  const look = async (): Promise<void> => {
    const drawn = canvas.current && digitOf(canvas.current, facts);
    if (!drawn) return;
    const { rebuilt, at } = await engine.see(drawn);
    seen.value = { drawn, rebuilt };
    own.value = at;
  };
  const stroke = (event: PointerEvent): void => {
    const context = canvas.current?.getContext('2d');
    if (!context || event.buttons === 0) return;
    const { left, top, width } = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    const scale = SIDE / width;
    const [x, y] = [(event.clientX - left) * scale, (event.clientY - top) * scale];
    context.lineWidth = 13;
    context.lineCap = 'round';
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue('--ink');
    context.beginPath();
    context.moveTo(...(before.current ?? [x, y]));
    context.lineTo(x, y);
    context.stroke();
    before.current = [x, y];
  };
  return (
    <section class="draw">
      <h2>{map.draw}</h2>
      <p>
        <small>{map.drawHelp}</small>
      </p>
      <canvas
        ref={canvas}
        class="pad"
        width={SIDE}
        height={SIDE}
        aria-label={map.draw}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          before.current = undefined;
          stroke(event);
        }}
        onPointerMove={stroke}
        onPointerUp={() => void look()}
      />
      <p>
        <button
          type="button"
          onClick={() => {
            canvas.current?.getContext('2d')?.clearRect(0, 0, SIDE, SIDE);
            seen.value = undefined;
            own.value = undefined;
          }}
        >
          {map.clear}
        </button>
      </p>
      {seen.value && (
        <p class="both">
          <Example values={seen.value.drawn} facts={facts} label={map.yours} />
          <Example values={seen.value.rebuilt} facts={facts} label={map.rebuilt} />
        </p>
      )}
    </section>
  );
}
