// How the host of commands finds #runtime: the one that lends runtimes, instead of the real one.
export const resolve = (specifier, context, next) =>
  specifier === '#runtime'
    ? { url: new URL('shared-runtime.mjs', import.meta.url).href, shortCircuit: true }
    : next(specifier, context);
