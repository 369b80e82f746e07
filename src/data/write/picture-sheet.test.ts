import { describe, expect, it } from 'vitest';
import { pictureSheet } from './picture-sheet.js';

describe('a sheet', () => {
  it('has pictures side by side, each enlarged and none over another', () => {
    const look = { kind: 'picture', width: 3, height: 2, channels: 1 } as const;
    const bytes = Uint8Array.from({ length: 5 * 6 }, (_, i) => i * 8 + 1);
    const { width, height, data } = pictureSheet({ look, count: 5, bytes });
    const zoom = Math.round(56 / 3);
    const columns = Math.floor((width - 2) / (3 * zoom + 2));
    expect(columns * Math.floor((height - 2) / (2 * zoom + 2))).toBeGreaterThanOrEqual(5);
    const at = (n: number, x: number, y: number) => {
      const left = 2 + (n % columns) * (3 * zoom + 2);
      const top = 2 + Math.floor(n / columns) * (2 * zoom + 2);
      return data[(top + y * zoom + 1) * width + left + x * zoom + 1];
    };
    for (let n = 0; n < 5; n++) {
      for (let i = 0; i < 6; i++) expect(at(n, i % 3, Math.floor(i / 3))).toBe(bytes[n * 6 + i]);
    }
  });

  it('has as many in a row as are asked for', () => {
    const look = { kind: 'picture', width: 100, height: 60, channels: 3 } as const;
    const { width, height } = pictureSheet({ look, count: 3, bytes: new Uint8Array(3 * 100 * 60 * 3) }, 3);
    expect([width, height]).toEqual([3 * 102 + 2, 62 + 2]);
  });
});
