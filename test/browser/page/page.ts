// What the test page offers to the test: Gargalo as an application gets it, bundled as an application would be.
import * as library from 'gargalo';
import * as codec from 'gargalo/codec';
import * as graph from 'gargalo/graph';
import * as latent from 'gargalo/latent';

type Doors = typeof import('../../../src/index.js') &
  typeof import('../../../src/codec.js') &
  typeof import('../../../src/graph.js') &
  typeof import('../../../src/latent.js');

declare global {
  var gargalo: Doors;
}

globalThis.gargalo = { ...library, ...codec, ...graph, ...latent };
