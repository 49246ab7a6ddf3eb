import { sayCount } from '../core/say-name.ts';
import { saySpan, sayTime } from '../core/say-time.ts';
import type { NoiseFigures } from '../correlators/gathered.ts';
import type { RuleRegret } from '../correlators/regret.ts';

const words = {
  'fired before': 'fired in their incident before',
  'firing already': 'were firing already',
  'same place': 'came from a place in trouble',
  'calls it': 'came from its callers',
  'called by it': 'came from what it calls',
  'shares a place': 'share a place with it',
} as const;

/** What became of the alerts, in lines: how many called people, what was held back and for what, and how long it took. */
export function noiseLines(noise: NoiseFigures): string[] {
  const { alerts, incidents, notifications, resolved, lone, held, delay } = noise;
  const lines = [`${alerts} alerts became ${incidents} incidents and ${notifications} notifications`];
  const reasons = [...held].sort(([, a], [, b]) => b - a).map(([kind, n]) => `${n} ${words[kind]}`);
  if (reasons.length > 0) lines.push(`without a notification of their own: ${reasons.join(', ')}`);
  if (incidents > 0)
    lines.push(
      `${lone} of the incidents are one alert, told all the same; ${resolved} ended, which calls nobody`,
    );
  if (notifications > 0)
    lines.push(
      `from first alert to first notification: ${saySpan(delay.median)} in the median, ${saySpan(delay.p90)} for 9 of 10`,
    );
  return lines;
}

/** What rules held back, how often that was wrong, and which are switched off, in lines. */
export function regretLines(rules: readonly RuleRegret[]): string[] {
  if (rules.length === 0) return ['no rule has held anything back'];
  return rules.map(({ rule, held, regretted, offSince }) => {
    const share = held === 0 ? '' : ` (${Math.round((100 * regretted) / held)} %)`;
    const off = offSince === undefined ? '' : `; switched off ${sayTime(offSince)}`;
    return `${rule}: held something back ${sayCount(held, 'time')}, wrong ${sayCount(regretted, 'time')}${share}${off}`;
  });
}
