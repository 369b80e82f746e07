import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createDigest, hexadecimal, sha256 } from './sha256.js';

it('is the digest that Node computes, however the bytes come', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), (parts) => {
      const digest = createDigest();
      const expected = createHash('sha256');
      for (const part of parts) {
        digest.update(part);
        expected.update(part);
        // asking in between changes nothing
        digest.value();
      }
      expect(hexadecimal(digest.value())).toBe(expected.digest('hex'));
    }),
    { numRuns: effort(300, 3000) },
  );
});

it('knows the example of the standard', () => {
  const text = new TextEncoder().encode('abc');
  expect(hexadecimal(sha256(text))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
