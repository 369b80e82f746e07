/**
 * A figure of a row, as the table shows it.
 * @typedef {object} Figure
 * @property {string} label  with its unit
 * @property {number} [published]
 * @property {string} [against]  the figure of the outcome that stands where a published one would
 * @property {string} [beside]  what that is
 * @property {number} [digits]  significant ones, of 4
 * @property {boolean} [unlike]  the published figure is in another unit: no ratio
 * @property {boolean} [about]  the published figure is "about" so much
 * @property {'lower' | 'higher'} [better]  which way is better, where one is
 * @property {boolean} [percent]  a fraction, shown in percent
 * @property {string} [source]  where it is another than the row's
 *
 * What running a row gives; this is what is stored, at full precision.
 * @typedef {object} Outcome
 * @property {string[]} commands  the trainings, as typed
 * @property {number} parameters
 * @property {number} epochs
 * @property {number} seconds  of the trainings, their tests included
 * @property {Record<string, number>} figures  by the names of the row's figures; more may be there
 *
 * @typedef {object} Context
 * @property {(name: string, flags: string) => Promise<import('../training.mjs').Trained>} command  trains by the command line
 * @property {(name: string, data: object, options: object) => Promise<import('../training.mjs').Trained>} library  by the library
 * @property {(words: string[]) => Promise<string>} gargalo  any command; what it printed
 * @property {(set: string) => string} dataFolder  where a set of data lies below --data
 * @property {number} threads
 * @property {(text: string) => void} say
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} kind
 * @property {string} network
 * @property {string} [data]  the set that it needs below --data, where it needs one
 * @property {string} setup  what was run, and where it differs from what was published
 * @property {string} [source]  a key of sources
 * @property {Record<string, Figure>} figures
 * @property {string | ((figures: Record<string, number>) => string | undefined)} [remark]  what a reader should know of the
 *   outcome
 * @property {(outcome: Outcome & Record<string, unknown>) => string[]} [table]  lines of a table of its own, in Markdown
 * @property {(context: Context) => Promise<Outcome>} run
 */
export {};
