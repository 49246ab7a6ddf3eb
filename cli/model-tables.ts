import { pick } from '../core/labels.ts';
import type { ClassModel } from '../detectors/class-model.ts';
import { overall } from '../detectors/race.ts';
import { standingOf } from './class-readings.ts';
import type { ClassWatch } from './class-watch.ts';

/** Columns one under another, a line a row; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map(row => row[k]!.length)));
  return rows
    .map(
      row =>
        `${row
          .map((cell, k) => cell.padEnd(widths[k]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const figure = (value: number | undefined): string =>
  value === undefined ? 'unknown' : String(Number(value.toPrecision(3)));

const percent = (share: number): string => `${figure(100 * share)} %`;

/** The detectors of a model with their weights, in the p-value and in the score, and their scores on held-out life. */
export function detectorLines(model: ClassModel): string {
  const { members, pooled } = model.parts;
  const all = members.reduce((sum, { weight }) => sum + weight, 0);
  const ranks = members.reduce((sum, { rank }) => sum + rank, 0);
  const line = (name: string, shares: readonly string[], scores: Float64Array) => [
    `  ${name}`,
    ...shares,
    String(scores.length),
    figure(scores[Math.floor(0.5 * scores.length)]),
    figure(scores[Math.floor(0.99 * scores.length)]),
    figure(scores.at(-1)),
  ];
  return table([
    ['  DETECTOR', 'WEIGHT', 'IN SCORE', 'HELD-OUT SCORES', 'MEDIAN', '99 %', 'LARGEST'],
    ...members.map(({ name, weight, rank, tail }) =>
      line(name, [percent(weight / all), percent(rank / ranks)], tail.scores),
    ),
    line('together', ['', ''], pooled.scores),
  ]);
}

/** What the race found: a line a detector, the losers too, and the ensemble; a column a kind of fault. */
export function raceLines({ parts: { race, members } }: ClassModel): string {
  if (race === undefined) return '  no race was run: too little history is held out\n';
  const all = members.reduce((sum, { weight }) => sum + weight, 0);
  const line = (name: string, share: string, scores: readonly number[]) => [
    `  ${name}`,
    share,
    ...scores.map(score => score.toFixed(2)),
    overall(scores).toFixed(3),
  ];
  const weightOf = (name: string) => members.find(member => member.name === name)?.weight ?? 0;
  const best = Math.max(...race.entries.map(({ scores }) => overall(scores)));
  const lines = table([
    ['  RACE', 'WEIGHT', ...race.kinds.map(kind => kind.toUpperCase()), 'ALL'],
    ...race.entries.map(({ name, scores }) => line(name, percent(weightOf(name) / all), scores)),
    line('together, default weights', '', race.standing),
    line('together', '', race.together),
  ]);
  const worse = overall(race.together) < best ? ', which is below the best detector alone' : '';
  const about = `  average precision on ${race.cases} injected faults (random: ${race.random.toFixed(2)}); as many others chose the weights: ${race.weighting}${worse}\n`;
  const variants = race.variants.map(
    ({ name, options, score, taken }) =>
      `  ${name} ${options}: ${score.toFixed(3)}${taken ? ', taken' : ''}\n`,
  );
  return `${lines}${about}${variants.join('')}`;
}

/** The entities of a class and how they are watched. */
export function entityLines(watch: ClassWatch): string {
  const { entityLabels } = watch.watch;
  const rows = watch.entities.map(entity => {
    const { state, reason } = standingOf(watch, entity) ?? { state: 'learning', reason: '' };
    const name = Object.values(pick(entity, entityLabels)).join(' ');
    return [`  ${name}`, state, reason];
  });
  return table([['  ENTITY', 'STATE', 'REASON'], ...rows]);
}
