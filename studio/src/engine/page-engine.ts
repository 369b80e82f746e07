// The engine of the page: trains with WebAssembly, and looks at the network meanwhile. It lives in a worker of its own.

import {
  type Dataset,
  fitPca,
  type Model,
  modelOf,
  type Preparation,
  prepare,
  save,
  type TrainingEvent,
  type TrainingState,
  train,
} from 'gargalo';
import { pcaErrors } from 'gargalo/latent';
import { isDataName } from './data-names.js';
import { openShelf } from './datasets.js';
import { factsOf, sampleOf } from './facts.js';
import { createLooking, type Looking } from './looking.js';
import { measure } from './measure.js';
import { messageOf } from './message.js';
import { createMoments } from './moments.js';
import { readOwn } from './own.js';
import { createPace } from './pace.js';
import type { DataFacts, Engine, Sample, StartOptions, StudioEvent } from './protocol.js';
import { createKeeper, findUnfinished, forgetUnfinished, readUnfinished } from './unfinished.js';
import { use } from './use.js';

/** Milliseconds between two looks at a network that learns. */
const BETWEEN_LOOKS = 250;

interface Opened {
  readonly data: Dataset;
  readonly facts: DataFacts;
  readonly sample: Sample;
}

type Tell = (event: StudioEvent) => void;

const warn = (tell: Tell) => (error: unknown) => tell({ type: 'warning', message: messageOf(error) });

/** Units from layer to layer, as a picture of the network shows them. */
function widthsOf({ specification: { input, code, body } }: Preparation): number[] {
  const size = input.shape.reduce((product, side) => product * side, 1);
  const hidden = body.type === 'dense' ? body.encoder : [];
  const back = body.type === 'dense' && body.decoder !== 'mirrored' ? body.decoder : [...hidden].reverse();
  return [size, ...hidden, code.width, ...back, size];
}

function startOf(
  event: Extract<TrainingEvent, { type: 'start' }>,
  preparation: Preparation,
  threads: number,
): StudioEvent {
  const { pca: _, ...told } = event;
  const { specification, recipe } = preparation;
  return {
    ...told,
    widths: widthsOf(preparation),
    codeWidth: specification.code.width,
    threads,
    chosen: recipe?.values ?? {},
  };
}

/** The error of PCA at the same width: the line to beat. */
async function lineToBeat({ specification, train: data, test }: Preparation, looking: Looking): Promise<number> {
  const { scaling } = specification.input;
  const { width } = specification.code;
  const pca = await fitPca(data, { width, scaling, runtime: await looking.runtime() });
  const { errors } = await pcaErrors(pca, test, [width], scaling);
  return errors[0]?.squaredError ?? Number.NaN;
}

/** Looks at the network where it is time to; the training waits for its weights, not for the look. */
function createWatch({ specification }: Preparation, sample: Sample, looking: Looking, tell: Tell) {
  let [next, isBusy] = [0, false];
  return async (epoch: number, weights: () => Promise<Model['weights']>): Promise<void> => {
    if (isBusy || performance.now() < next) return;
    isBusy = true;
    const model = { specification, weights: await weights() };
    const started = performance.now();
    const look = async (): Promise<void> => {
      tell({ type: 'look', look: await looking.look(model, sample, epoch) });
    };
    void look()
      .catch(warn(tell))
      .finally(() => {
        isBusy = false;
        // A network that takes long to look at is looked at less often.
        next = performance.now() + Math.max(BETWEEN_LOOKS, 3 * (performance.now() - started));
      });
  };
}

/** Data that are open: those that were dropped, which cannot be read again, and the last of the others. */
function createData() {
  let own: Opened | undefined;
  let shelf: { readonly name: string; readonly content: Opened } | undefined;
  async function look(data: Dataset): Promise<Opened> {
    const sample = await sampleOf(data);
    return { data, facts: await factsOf(data, sample), sample };
  }
  return {
    async take(data: Dataset): Promise<Opened> {
      own = await look(data);
      return own;
    },
    async open(name: string): Promise<Opened> {
      if (name === 'own' && own) return own;
      if (!isDataName(name)) throw new Error(`${name}: expected a data set of the studio`);
      if (shelf?.name !== name) shelf = { name, content: await look(await openShelf(name)) };
      return shelf.content;
    },
  };
}

export function createPageEngine(): Engine {
  const [pace, looking, data] = [createPace(), createLooking(), createData()];
  let moments = createMoments();
  let trained:
    | {
        readonly preparation: Preparation;
        readonly state: TrainingState;
        readonly sample: Sample;
        readonly data: Dataset;
      }
    | undefined;

  async function run({ setup, forkAt, goesOn = false }: StartOptions, tell: Tell): Promise<void> {
    const { data: examples, facts, sample } = await data.open(setup.data);
    tell({ type: 'data', facts, sample });
    const state = forkAt === undefined ? undefined : moments.at(forkAt)?.state;
    // the weights that this moment shows, which need not be the best until then
    const from = state &&
      trained && { model: { specification: trained.preparation.specification, weights: state.weights } };
    const resume = goesOn ? await readUnfinished() : undefined;
    const request = { kind: setup.kind, values: { ...setup.options } };
    const preparation = await prepare({ train: examples }, request, resume, {
      runtime: looking.runtime,
      ...(from && { from }),
    });
    for (const message of preparation.warnings) tell({ type: 'warning', message });
    moments = createMoments();
    await looking.forget();
    const keep = createKeeper(setup, preparation);
    const watch = createWatch(preparation, sample, looking, tell);
    const threads = crossOriginIsolated ? Math.min(2, navigator.hardwareConcurrency || 1) : 1;
    void lineToBeat(preparation, looking)
      .then((squaredError) => tell({ type: 'pca', squaredError }))
      .catch(warn(tell));
    for (const record of resume?.training?.history ?? []) tell({ type: 'epoch', record });
    for await (const event of train(preparation, {
      runtime: { threads },
      signal: pace.signal(),
      ...(resume?.training && { resume: resume.training }),
    })) {
      if (event.type === 'start') tell(startOf(event, preparation, threads));
      else if (event.type === 'warning') tell(event);
      else if (event.type === 'progress') {
        const { weights, ...progress } = event;
        tell(progress);
        await watch(event.epoch - 1 + event.step / event.steps, weights);
        await pace.wait();
      } else if (event.type === 'epoch') {
        tell({ type: 'epoch', record: event.record });
        const after = await event.snapshot();
        moments.keep(after);
        await keep(after);
      } else {
        trained = { preparation, state: event.state, sample, data: examples };
        moments.keep(event.state);
        const model = modelOf(preparation.specification, event.state);
        tell({ type: 'look', look: await looking.look(model, sample, event.state.epoch) });
        await forgetUnfinished();
        tell({ type: 'end', reason: event.reason, moments: moments.epochs() });
      }
    }
  }

  return {
    async describe(name) {
      const { facts, sample } = await data.open(name);
      return { facts, sample };
    },
    async take(files) {
      const read = await readOwn(files);
      const { facts, sample } = await data.take(read);
      return { facts: { ...facts, leftOut: files.length - read.length }, sample };
    },
    async train(options, tell) {
      pace.reset();
      try {
        await run(options, tell);
      } catch (error) {
        tell({ type: 'failed', message: messageOf(error) });
      }
    },
    unfinished: findUnfinished,
    forget: forgetUnfinished,
    pace: async (asked) => pace.set(asked),
    decode: looking.decode,
    see: looking.see,
    async lookAt(epoch) {
      const state = moments.at(epoch)?.state;
      if (!state || !trained) return undefined;
      const model = { specification: trained.preparation.specification, weights: state.weights };
      return looking.look(model, trained.sample, state.epoch);
    },
    async measure() {
      if (!trained) throw new Error('expected a network that has learned');
      return measure(await looking.seen(), trained.sample);
    },
    async use(job) {
      if (!trained) throw new Error('expected a network that has learned');
      const { preparation, state, data: examples } = trained;
      const { opened } = await looking.runtime();
      return use(job, modelOf(preparation.specification, state), opened, preparation.train, examples);
    },
    async model() {
      if (!trained) throw new Error('expected a network that has learned');
      return save(modelOf(trained.preparation.specification, trained.state));
    },
  };
}
