import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import { LogTemplateMiner, minerOptions } from '../detectors/log-template.ts';
import type { ReadLogs } from './incident-logs.ts';
import { LogGlance } from './log-glance.ts';
import { LogReading } from './log-reading.ts';

/** The lines of a recording, as far as they were said. */
export interface RecordedLogs extends ReadLogs {
  /** Reads on up to `t` (ms). */
  readTo(t: number): void;
}

interface Said {
  readonly t: number;
  readonly service: string;
  readonly level: string;
}

/** One sample a step and service: how many lines of errors there were. */
function seriesOf(errors: readonly Said[], step: number): Series[] {
  const counts = new Map<string, Map<number, number>>();
  for (const { t, service } of errors) {
    const end = Math.ceil(t / step) * step;
    const of = counts.get(service) ?? new Map<number, number>();
    counts.set(service, of.set(end, (of.get(end) ?? 0) + 1));
  }
  return [...counts].map(([service, steps]) => {
    const labels: Labels = { __name__: 'foreshock_log_lines', level: 'error', service };
    return { labels, t: Float64Array.from(steps.keys()), v: Float64Array.from(steps.values()) };
  });
}

/** What `logs.jsonl.gz` of a recording says; undefined where it has none. `step` in ms. */
export function recordedLogs(folder: string, step: number): RecordedLogs | undefined {
  const file = path.join(folder, 'logs.jsonl.gz');
  if (!existsSync(file)) return undefined;
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');
  const reading = new LogReading({ service: ['service'], session: [], events: false });
  const miner = new LogTemplateMiner(minerOptions.parse({}));
  const glance = new LogGlance();
  const errors: Said[] = [];
  let next = 0;
  let newest = 0;
  return {
    glances: [glance],
    series: { select: () => seriesOf(errors, step) },
    readTo(t) {
      for (; next < lines.length; next++) {
        if (lines[next] === '') continue;
        const { text, span, level, entity } = reading.read({ text: lines[next]!, labels: {} }, t);
        if (span.t > t) break;
        const index = miner.learn(text, span);
        const service = entity.service ?? '';
        glance.offer(service, { text, span, level, isFresh: index > newest });
        newest = Math.max(newest, index);
        if (level === 'error' || level === 'fatal') errors.push({ t: span.t, service, level });
      }
    },
  };
}
