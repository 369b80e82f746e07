import { describe, expect, it } from 'vitest';
import { lookOf } from './look.js';

describe('a look', () => {
  it('of a window of a series is no picture, whatever its shape', () => {
    expect(lookOf([28, 28]).kind).toBe('picture');
    expect(lookOf([28, 28], true)).toEqual({ kind: 'profile', width: 784 });
  });
});
