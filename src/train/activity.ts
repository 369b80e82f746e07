import type { ActivityRecord, TermRecord } from './events.js';
import type { AuditFigures } from './session.js';

/** A unit whose values lie within this of each other gives the same for every example. */
export const DEAD_RANGE = 1e-6;
/** A code value with less than this part of the largest variance, or less than this variance, is inactive. */
const INACTIVE_VARIANCE = 0.01;

/** The figures of the terms: values from steps and test, shares from an audit. */
export function termRecords(
  train: ReadonlyMap<string, number>,
  test: Readonly<Record<string, number>>,
  audit: AuditFigures,
): Record<string, TermRecord> {
  const names = Object.keys(test);
  const norms = names.map((name) => audit.get(`gradient/${name}`)?.[0] ?? 0);
  const total = norms.reduce((sum, norm) => sum + norm, 0);
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      {
        train: train.get(name) as number,
        test: test[name] as number,
        gradient: norms[i] as number,
        share: total > 0 ? (norms[i] as number) / total : 0,
      },
    ]),
  );
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Counts dead units and inactive code values of an audit (inactive units as Burda et al. 2016 count them, by the
 * variance of the code over the examples; relative to the largest where codes have a scale of their own).
 *
 * @param absolute compare variances with that of the prior, 1, and not with the largest
 */
export function activityRecord(audit: AuditFigures, absolute: boolean): ActivityRecord {
  let [deadUnits, hiddenUnits] = [0, 0];
  for (const [name, highest] of audit) {
    if (!name.startsWith('highest/') || name === 'highest/code') continue;
    const lowest = audit.get(`lowest/${name.slice('highest/'.length)}`) as Float32Array;
    hiddenUnits += highest.length;
    deadUnits += highest.filter((high, i) => high - (lowest[i] as number) <= DEAD_RANGE).length;
  }
  const means = audit.get('mean/code') as Float32Array;
  const squares = audit.get('square/code') as Float32Array;
  const variances = squares.map((square, i) => Math.max(0, square - (means[i] as number) ** 2));
  const limit = INACTIVE_VARIANCE * (absolute ? 1 : Math.max(...variances));
  return {
    deadUnits,
    hiddenUnits,
    inactiveCode: variances.filter((variance) => variance < limit || variance === 0).length,
    activeFraction: mean(audit.get('active/code') as Float32Array),
    meanActivity: mean(means),
  };
}
