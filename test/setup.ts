// What every test file begins with.
import fc from 'fast-check';
import { isLong } from './effort.js';

if (isLong) fc.configureGlobal({ numRuns: 1000 });
