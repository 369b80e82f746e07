import { entryOf } from '../core/collections.js';
import { sizeOf } from '../graph/shape.js';
import type { Weights } from '../models/autoencoder.js';
import type { ParameterDefinition } from '../nn/scope.js';
import type { Optimizer } from '../optim/optimizer.js';
import { floatsOf, type ResidentTensor, type Runtime } from '../runtime/runtime.js';
import type { Layout, Slot } from './layout.js';
import { stateName } from './step.js';

/** Parameters and optimiser state as handles of tensors that stay with the runtime. */
export type ResidentState = ReadonlyMap<string, ResidentTensor>;

/** What a state begins with. */
export interface InitialState {
  readonly definitions: readonly ParameterDefinition[];
  readonly weights: Weights;
  /** By `parameter#state`; zeros where nothing is given. */
  readonly optimizerState?: ReadonlyMap<string, Float32Array>;
}

/** The state of a stage on a runtime: the present one, and older ones that somebody holds. */
export interface StateKeeper {
  readonly state: ResidentState;
  /** The tensors of the parameters as they are now, by slot. */
  parameters(): Record<string, ResidentTensor>;
  /** Takes what a step has left behind, `next/<name>`, and frees what it stands in place of. */
  advance(next: Readonly<Record<string, ResidentTensor>>): void;
  /** Keeps the present state from being freed until {@link release}. */
  hold(): ResidentState;
  release(state: ResidentState): void;
  /** The parameters in a state. */
  weights(state: ResidentState): Promise<Weights>;
  /** What the optimizer keeps, by `parameter#state`. */
  optimizerState(state: ResidentState): Promise<Map<string, Float32Array>>;
  close(): Promise<void>;
}

/** Brings weights, or zeros where there are none, into slots. */
function packed(
  layout: Layout,
  definitions: readonly ParameterDefinition[],
  values: (parameter: string) => Float32Array | undefined,
): Map<string, Float32Array> {
  return layout.pack(
    new Map(definitions.map(({ name, shape }) => [name, values(name) ?? new Float32Array(sizeOf(shape))])),
  );
}

async function uploadState(
  runtime: Runtime,
  layout: Layout,
  kept: Optimizer['state'],
  { definitions, weights, optimizerState }: InitialState,
): Promise<ResidentState> {
  const uploaded = new Map<string, ResidentTensor>();
  const upload = async (
    slots: readonly Slot[],
    values: ReadonlyMap<string, Float32Array>,
    nameOf: (slot: string) => string,
  ): Promise<void> => {
    for (const { name, shape } of slots) {
      const tensor = { type: 'float32', shape, values: entryOf(values, name) } as const;
      uploaded.set(nameOf(name), await runtime.upload(tensor, true));
    }
  };
  const own = packed(layout, definitions, (name) => weights.get(name));
  await upload([...layout.slots, ...layout.kept], own, (slot) => slot);
  for (const state of kept) {
    const values = packed(layout, definitions, (name) => optimizerState?.get(stateName(name, state)));
    await upload(layout.slots, values, (slot) => stateName(slot, state));
  }
  return uploaded;
}

/** Brings a state to the runtime and keeps it there. */
export async function openState(
  runtime: Runtime,
  layout: Layout,
  optimizer: Optimizer,
  initial: InitialState,
): Promise<StateKeeper> {
  const all = [...layout.slots, ...layout.kept];
  let state = await uploadState(runtime, layout, optimizer.state, initial);
  const held = new Set<ResidentState>();
  const living = (): Set<ResidentTensor> => new Set([state, ...held].flatMap((each) => [...each.values()]));
  const free = (old: ResidentState): void => {
    if (old === state || held.has(old)) return;
    // What stays as it is, is the same tensor in every state.
    const needed = living();
    void runtime.free([...old.values()].filter((tensor) => !needed.has(tensor))).catch(() => undefined);
  };
  const fetch = async (
    from: ResidentState,
    slots: readonly Slot[],
    nameOf: (slot: string) => string,
  ): Promise<Map<string, Float32Array>> => {
    const fetched = new Map<string, Float32Array>();
    for (const { name } of slots) fetched.set(name, floatsOf(await runtime.download(entryOf(from, nameOf(name)))));
    return layout.unpack(fetched);
  };
  return {
    get state() {
      return state;
    },
    parameters: () => Object.fromEntries(all.map(({ name }) => [name, entryOf(state, name)])),
    advance(next) {
      const old = state;
      state = new Map([...state].map(([name, tensor]) => [name, next[`next/${name}`] ?? tensor]));
      free(old);
    },
    hold() {
      held.add(state);
      return state;
    },
    release(released) {
      held.delete(released);
      free(released);
    },
    weights: (from) => fetch(from, all, (slot) => slot),
    async optimizerState(from) {
      const values = new Map<string, Float32Array>();
      for (const kept of optimizer.state) {
        for (const [parameter, own] of await fetch(from, layout.slots, (slot) => stateName(slot, kept))) {
          values.set(stateName(parameter, kept), own);
        }
      }
      return values;
    },
    close: () => runtime.free([...living()]),
  };
}
