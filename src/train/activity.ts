import { entryOf } from '../core/collections.js';
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
  const terms = Object.entries(test).map(([name, value]) => {
    return { name, test: value, train: entryOf(train, name), gradient: audit.get(`gradient/${name}`)?.[0] ?? 0 };
  });
  const total = terms.reduce((sum, { gradient }) => sum + gradient, 0);
  return Object.fromEntries(
    terms.map(({ name, ...term }) => [name, { ...term, share: total > 0 ? term.gradient / total : 0 }]),
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
    const lowest = entryOf(audit, `lowest/${name.slice('highest/'.length)}`);
    hiddenUnits += highest.length;
    deadUnits += highest.filter((high, i) => high - lowest[i]! <= DEAD_RANGE).length;
  }
  const means = entryOf(audit, 'mean/code');
  const squares = entryOf(audit, 'square/code');
  const variances = squares.map((square, i) => Math.max(0, square - means[i]! ** 2));
  const limit = INACTIVE_VARIANCE * (absolute ? 1 : Math.max(...variances));
  return {
    deadUnits,
    hiddenUnits,
    inactiveCode: variances.filter((variance) => variance < limit || variance === 0).length,
    activeFraction: mean(entryOf(audit, 'active/code')),
    meanActivity: mean(means),
  };
}
