import { select } from 'd3-selection';
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom';
import { FRAME } from './layers.js';
import type { At } from './space.js';

/** How far a frame is zoomed and moved. */
export type Camera = ReturnType<typeof createCamera>;

/** Lets people zoom and move a frame. The page itself scrolls under a wheel or a finger until somebody has chosen the frame. */
export function createCamera(frame: HTMLElement, onMove: () => void) {
  let transform = zoomIdentity;
  let [width, height] = [1, 1];
  const isChosen = (): boolean => frame.contains(document.activeElement);
  const zooming = zoom<HTMLElement, unknown>()
    .scaleExtent([0.5, 80])
    .clickDistance(4)
    .filter((event: Event & { readonly touches?: TouchList; readonly button?: number }) => {
      if (isOn(event, '.live-marker, button')) return false;
      if (event instanceof WheelEvent) return isChosen() || event.ctrlKey || event.metaKey;
      if (event.touches) return isChosen() || event.touches.length > 1;
      return !event.button;
    })
    .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
      transform = event.transform;
      onMove();
    });
  const surface = select(frame);
  surface.call(zooming).on('dblclick.zoom', null);
  const unit = (): number => (width / FRAME.width) * transform.k;
  return {
    /** How many times larger than at first, and where the frame's corner went, in pixels. */
    transform: (): { readonly k: number; readonly x: number; readonly y: number } => transform,
    /** Width and height of the frame in pixels. */
    size: (): At => [width, height],
    toPixels: ([x, y]: At): At => [x * unit() + transform.x, y * unit() + transform.y],
    toUnits: ([x, y]: At): At => [(x - transform.x) / unit(), (y - transform.y) / unit()],
    zoomBy: (factor: number): void => zooming.scaleBy(surface, factor),
    /** Moves what is seen, in pixels. */
    moveBy: (x: number, y: number): void => zooming.translateBy(surface, x / transform.k, y / transform.k),
    reset: (): void => zooming.transform(surface, zoomIdentity),
    /** Takes the size of the frame, where it has another one: what was in the middle stays there. */
    resize(taken: (width: number, height: number) => void): void {
      const { clientWidth, clientHeight } = frame;
      if (clientWidth === 0 || (clientWidth === width && clientHeight === height)) return;
      const scale = width === 1 ? undefined : clientWidth / width;
      [width, height] = [clientWidth, clientHeight];
      const corner = (times: number): [number, number] => [times * width, times * height];
      zooming.extent([corner(0), corner(1)]).translateExtent([corner(-1), corner(2)]);
      if (scale !== undefined) {
        zooming.transform(surface, zoomIdentity.translate(transform.x * scale, transform.y * scale).scale(transform.k));
      }
      taken(width, height);
    },
  };
}

/** Whether an event is on some element of a frame, or in it. */
export const isOn = ({ target }: Event, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;
