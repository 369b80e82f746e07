/** How the columns of a table become features, and features columns again; plain JSON, a part of the model. */
export interface TableSchema {
  /** In the order of their features. */
  readonly columns: readonly TableColumn[];
}

/** A column of a table that is used. */
export type TableColumn =
  | {
      readonly type: 'number';
      readonly name: string;
      /** What a missing cell counts as; without it missing cells are refused. */
      readonly fill?: number;
      /** Whether a second feature says that the cell was missing (1) or not (0). */
      readonly indicator?: boolean;
    }
  | {
      readonly type: 'boolean';
      readonly name: string;
      /** The texts of false and true. */
      readonly levels: readonly [string, string];
      readonly fill?: string;
      readonly indicator?: boolean;
    }
  | {
      /** One feature for each level, 1 where the cell has it and 0 elsewhere. */
      readonly type: 'category';
      readonly name: string;
      readonly levels: readonly string[];
      /** Width of the learned vector that the encoder sees instead (Guo & Berkhahn 2016). */
      readonly embedding?: number;
      readonly fill?: string;
    };
