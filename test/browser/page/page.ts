// What the test page offers to the test: Gargalo as an application gets it, bundled as an application would be.
import * as library from 'gargalo';

declare global {
  var gargalo: typeof import('../../../src/browser.js');
}

globalThis.gargalo = library;
