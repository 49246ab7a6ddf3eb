import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Incident } from '../core/incident.ts';
import { datasources } from './sources.ts';
import { plainText } from './text.ts';

const mostMarks = 12;
const stepSeconds = 60;

interface Mark {
  readonly at: number;
  readonly said: string;
  readonly colour: string;
}

/**
 * Marks of the onset and of each change around an incident. They need nobody who writes annotations: each is a query that
 * has a value only in the step of its moment.
 */
export function changeMarks({ startsAt, timeline }: Incident): AnnotationQueryBuilder[] {
  const changes = timeline
    .filter(({ kind }) => kind === 'change')
    .slice(0, mostMarks)
    .map(({ at, what }) => ({ at, said: what, colour: 'purple' }));
  return [{ at: startsAt, said: 'first alert', colour: 'red' }, ...changes].map(markOf);
}

function markOf({ at, said, colour }: Mark, k: number): AnnotationQueryBuilder {
  const from = Math.floor(at / 1000);
  return new AnnotationQueryBuilder()
    .name(k === 0 ? 'Onset' : `Change ${k}`)
    .datasource(datasources.metrics)
    .enable(true)
    .hide(true)
    .iconColor(colour)
    .expr(`vector(time()) >= ${from} < ${from + stepSeconds}`)
    .titleFormat(plainText(said))
    .textFormat(plainText(said))
    .step(`${stepSeconds}s`);
}
