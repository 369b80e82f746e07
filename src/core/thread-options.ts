/**
 * Options of every worker thread in Node: without Node's own options of this process, some of which a worker refuses
 * (--input-type). Under Yarn's Plug'n'Play a thread finds its script only by way of those.
 */
export const threadOptions = (): { execArgv?: string[] } => (process.versions.pnp ? {} : { execArgv: [] });
