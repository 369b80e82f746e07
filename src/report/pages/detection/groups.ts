import { count, figure, percent } from '../../../core/format.js';
import { html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { tableOf } from '../../kit/parts.js';
import type { DetectionReportInput } from './input.js';

/** Groups that are listed. */
const LISTED = 50;

/** What each group came to, the worst first; nothing of data without groups. */
export function groupsSection({ groups, what }: DetectionReportInput): Section | undefined {
  if (!groups) return undefined;
  const more = groups.length - LISTED;
  return {
    id: 'groups',
    short: 'Groups',
    title: 'Where it happened',
    body: html`<p class="lead">What each group came to, the one with the largest part of anomalies first.${more > 0 && ` ${count(more)} more are left out here.`}</p>
${tableOf({
  label: 'Anomalies of each group',
  head: ['group', 'anomalies', `${what}s`, 'part', 'highest score'],
  rows: groups
    .slice(0, LISTED)
    .map(({ group, examples, anomalies, highest }) => [
      group,
      count(anomalies),
      count(examples),
      percent(anomalies / examples),
      figure(highest),
    ]),
})}`,
  };
}
