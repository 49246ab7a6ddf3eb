import { formatDuration } from '../core/duration.ts';
import { sayCount } from '../core/say-name.ts';
import { type LoadContext, loadConfig } from './load.ts';
import type { Mistake } from './mistake.ts';
import { loadPack } from './pack.ts';

/** What `check` tells: mistakes, or lines that say what was understood. */
export interface CheckResult {
  readonly mistakes: readonly Mistake[];
  readonly summary: readonly string[];
}

/** Checks a config and every pack it names. */
export function checkConfigFile(file: string, context: LoadContext): CheckResult {
  const result = loadConfig(file, context);
  if (!result.ok) return { mistakes: result.mistakes, summary: [] };
  const summary = result.packs.map(({ pack, classes }) => {
    const signals = classes.reduce((sum, { queries }) => sum + queries.length, 0);
    const interval = classes[0]?.interval;
    const rare = interval === undefined ? '' : `, a sample every ${formatDuration(interval)}`;
    const size = `${sayCount(classes.length, 'class', 'classes')}, ${sayCount(signals, 'signal')}`;
    return `${pack}: ${size}${rare}`;
  });
  return { mistakes: [], summary };
}

/** Checks one pack file. */
export function checkPackFile(file: string, context: Pick<LoadContext, 'readFile'>): CheckResult {
  let text: string;
  try {
    text = context.readFile(file);
  } catch {
    return {
      mistakes: [{ file, line: 1, column: 1, path: '', message: 'the file cannot be read' }],
      summary: [],
    };
  }
  const result = loadPack(file, text);
  if (!result.ok) return { mistakes: result.mistakes, summary: [] };
  return {
    mistakes: [],
    summary: result.pack.classes.map(
      ({ name, signals }) => `${result.pack.pack}/${name}: ${signals.length} signals`,
    ),
  };
}
