import { gunzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { renderPage } from '../../kit/page.js';
import { parse, bytesOf as pictureBytes, unbalanced } from '../training/pages.oracle.js';
import { latentFixture } from './fixture.oracle.js';
import type { LatentReportInput } from './input.js';
import { liveParts, liveStrip, liveUnits } from './live.js';
import type { LiveData } from './live-data.js';
import { mapsOf } from './map-section.js';

const pageOf = (input: LatentReportInput): string =>
  renderPage({ title: 'Codes', sections: [['map', 'Map', 'Maps', mapsOf(input)]], live: liveParts(input) });

const islandsOf = (input: LatentReportInput): Map<string, string> =>
  new Map(
    [...liveParts(input).islands.text.matchAll(/data-live="([^"]+)">([^<]*)</g)].map(([, name, text]) => [
      name!,
      text!,
    ]),
  );

const indexOf = (input: LatentReportInput): LiveData =>
  JSON.parse(/id="live-data">([^<]*)</.exec(liveParts(input).islands.text)![1]!) as LiveData;

const unpacked = (text: string): Uint8Array => gunzipSync(Buffer.from(text, 'base64'));

/** 16-bit values whose first bytes come before their second ones. */
function sixteen(text: string): number[] {
  const bytes = unpacked(text);
  const count = bytes.length / 2;
  return Array.from({ length: count }, (_, i) => bytes[i]! + 256 * bytes[count + i]!);
}

describe('what travels with the page', () => {
  const input = latentFixture({ points: 120 });

  it('is codes and maps to a part in ten thousand of their spread', () => {
    const islands = islandsOf(input);
    for (const [r, run] of indexOf(input).runs.entries()) {
      const { codes, width, maps } = run;
      if (codes.type !== 'uint16') throw new Error('expected 16-bit codes');
      const original = input.runs[r]!;
      for (const [i, step] of sixteen(islands.get(`codes/${run.id}`)!).entries()) {
        const [low, high] = [codes.low[i % width]!, codes.high[i % width]!];
        expect(Math.abs(low + (step / 65_535) * (high - low) - original.codes[i]!)).toBeLessThanOrEqual(
          (high - low) * 1e-5,
        );
      }
      for (const [m, { method, bounds }] of maps.entries()) {
        const ends = [bounds.left, bounds.right, bounds.bottom, bounds.top] as const;
        for (const [i, step] of sixteen(islands.get(`map/${run.id}/${method}`)!).entries()) {
          const [low, high] = i % 2 === 0 ? [ends[0], ends[1]] : [ends[2], ends[3]];
          const value = original.maps[m]!.points[i]!;
          expect(Math.abs(low + (step / 65_535) * (high - low) - value)).toBeLessThanOrEqual((high - low) * 1e-5);
        }
      }
    }
  });

  it('is codes as they are where one far away would make the steps coarse', () => {
    const [run] = input.runs;
    const codes = run!.codes.slice();
    codes[0] = 1e7;
    const far = { ...input, runs: [{ ...run!, codes }] };
    expect(indexOf(far).runs[0]!.codes).toEqual({ type: 'float32' });
    expect(unpacked(islandsOf(far).get(`codes/${run!.id}`)!)).toHaveLength(codes.byteLength);
  });

  it('is there once for ten runs: ONNX Runtime, examples, labels', () => {
    const runs = Array.from({ length: 10 }, (_, i) => ({ ...input.runs[0]!, id: `run-${i}` }));
    const names = [...islandsOf({ ...input, runs }).keys()];
    for (const name of ['wasm', 'examples', 'labels']) expect(names.filter((other) => other === name)).toEqual([name]);
    expect(names.filter((name) => name.startsWith('decoder/'))).toHaveLength(10);
  });

  it('leaves a decoder above 8 MB at home, and ONNX Runtime where no run has one', () => {
    const [run] = input.runs;
    const large = { ...input, runs: [{ ...run!, decoder: new Uint8Array(8 * 2 ** 20 + 1) }] };
    expect(indexOf(large).runs[0]!.decoder).toBe('large');
    expect([...islandsOf(large).keys()].filter((name) => name === 'wasm' || name.startsWith('decoder'))).toEqual([]);
    expect(liveUnits(large.runs[0]!).text).toBe('');
    const none = latentFixture({ points: 120, live: false });
    expect(indexOf(none).runs.map(({ decoder }) => decoder)).toEqual(['none', 'none']);
    const { outputs } = none.runs[0]!.strips[0]!;
    const strips = unpacked(islandsOf(none).get(`strips/${none.runs[0]!.id}`)!);
    expect(strips.length).toBe(none.runs[0]!.strips.length * outputs.length);
    expect(Math.abs(strips[200]! / 255 - outputs[200]!)).toBeLessThanOrEqual(0.5 / 255 + 1e-6);
  });

  it('lets the page run WebAssembly and ask for nothing', () => {
    const policy = parse(pageOf(input)).querySelector('meta[http-equiv]')?.getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'unsafe-inline' 'wasm-unsafe-eval'");
    expect(policy).not.toMatch(/connect-src|https?:/);
  });

  it('names what does not fit', () => {
    const [run] = input.runs;
    const broken = (change: object) => () => liveParts({ ...input, runs: [{ ...run!, ...change }] });
    expect(broken({ codes: new Float32Array(3) })).toThrow('expected 120 codes of 2 values of basic-2, got 3 values');
    const [map] = run!.maps;
    expect(broken({ maps: [{ ...map!, points: new Float32Array(4) }] })).toThrow(
      'expected 120 points on the map code of basic-2, got 2',
    );
    const points = map!.points.slice();
    points[5] = Number.NaN;
    expect(broken({ maps: [{ ...map!, points }] })).toThrow(
      'expected finite places on the map code of basic-2, got NaN',
    );
  });
});

describe('the section of maps', () => {
  it('is sound markup, names every map, and has a legend of the classes that occur', () => {
    const input = latentFixture({ points: 120 });
    const page = pageOf(input);
    expect(unbalanced(page)).toEqual([]);
    const document = parse(page);
    const labels = [...document.querySelectorAll('.live-frame')].map((frame) => frame.getAttribute('aria-label'));
    expect(labels).toEqual(input.runs.map(({ name }) => expect.stringContaining(name)));
    expect(
      [...document.querySelectorAll('[data-live-map="variational-16"] [data-method]')].map((tab) => tab.textContent),
    ).toEqual(['PCA', 'UMAP']);
    expect(document.querySelectorAll('.live-legend button')).toHaveLength(4);
    expect(parse(pageOf(latentFixture({ points: 120, labels: false }))).querySelector('.live-legend')).toBeNull();
  });

  it('has a picture of each map for readers without scripts, with its points in the colours of their classes', () => {
    const input = latentFixture({ points: 120, widths: [2] });
    const uri = /<noscript><img src="([^"]+)"/.exec(pageOf(input))![1]!;
    const { width, height, data, channels } = decode(pictureBytes(uri));
    expect([width, height, channels]).toEqual([600, 480, 4]);
    const colors = new Set(Array.from({ length: width * height }, (_, i) => data.slice(4 * i, 4 * i + 3).join(' ')));
    for (const color of ['51 34 136', '74 121 218', '63 176 159', '12 95 10']) expect(colors).toContain(color);
  });

  it('is not there where there is no map', () => {
    const input = latentFixture({ points: 120 });
    expect(mapsOf({ ...input, runs: input.runs.map((run) => ({ ...run, maps: [] })) })).toBeUndefined();
  });

  it('marks the places of strips and units by run', () => {
    const [run] = latentFixture({ points: 120 }).runs;
    expect(liveStrip(run!, 1).text).toContain('data-live-strip="basic-2" data-index="1"');
    expect(liveUnits(run!).text).toContain('data-live-units="basic-2"');
  });
});
