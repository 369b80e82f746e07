import { GargaloError } from '../core/errors.js';
import type { HostTensor } from './runtime.js';

/** The values of an output that a program gives as 32-bit floats. */
export function floatsOf(outputs: Readonly<Record<string, HostTensor>>, name: string): Float32Array {
  const values = outputs[name]?.values;
  if (values instanceof Float32Array) return values;
  throw new GargaloError('internal', 'runtime', `expected an output "${name}" of 32-bit floats, got another`);
}
