import { sayCount } from '../core/say-name.ts';
import type { FoundPack } from './discovery.ts';

const mostTold = 5;
const fewestMetrics = 5;

/** Families of metrics (by the first word of their names) that no found pack reads anything of: the largest ones, in words. */
export function uncovered(metrics: readonly string[], packs: readonly FoundPack[]): readonly string[] {
  const covered = new Set([...packs.flatMap(({ reads }) => reads.map(familyOf)), ...ofEveryProcess]);
  const counts = new Map<string, number>();
  for (const name of metrics) {
    const family = familyOf(name);
    if (!covered.has(family)) counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  const large = [...counts]
    .filter(([, count]) => count >= fewestMetrics)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  if (large.length === 0) return [];
  const told = large.slice(0, mostTold).map(([family, count]) => `${family}_ (${count})`);
  const more = large.length > mostTold ? ` and ${large.length - mostTold} more` : '';
  return [
    `no pack reads ${sayCount(large.length, 'family', 'families')} of metrics: ${told.join(', ')}${more}`,
  ];
}

/** What client libraries say of each process. */
export const ofEveryProcess = ['go', 'process', 'promhttp', 'scrape', 'up', 'python', 'jvm', 'nodejs'];

/** The first word of a metric's name. */
export const familyOf = (name: string): string => name.split(/[_:]/, 1)[0] ?? name;
