import { count, figure, percent } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { lead, tableOf } from '../../kit/parts.js';
import type { DetectionReportInput } from './input.js';

/** Groups that are listed. */
const LISTED = 50;

/** What each group came to, the worst first; nothing of data without groups. */
export function groups({ groups: found, what }: DetectionReportInput): Html | undefined {
  if (!found) return undefined;
  const more = found.length - LISTED;
  const rows = found.slice(0, LISTED).map(({ group, examples, anomalies, highest }) => {
    return [
      group,
      count(anomalies),
      count(examples),
      percent(anomalies / examples),
      highest === Number.NEGATIVE_INFINITY ? 'none' : figure(highest),
    ] as const;
  });
  return html`${lead(
    'What each group came to, the one with the largest part of anomalies first.',
    more > 0 && `${count(more)} more are left out here.`,
  )}
${tableOf({ label: 'Anomalies of each group', head: ['group', 'anomalies', `${what}s`, 'part', 'highest score'], rows })}`;
}
