/** The names of the data sets that the studio brings along, in the order of the shelf. */
export const dataNames = ['digits', 'rings', 'islands', 'blobs', 'roll', 'machine', 'shapes'] as const;
export type DataName = (typeof dataNames)[number];

export const isDataName = (name: string): name is DataName => dataNames.some((known) => known === name);
