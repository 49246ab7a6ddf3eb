import type { Labels } from '../../core/labels.ts';
import { createRandom } from '../../core/random.ts';

const from = Date.UTC(2026, 0, 5, 10);
const scrape = 15_000;
const count = 240;
export const hostile = 'a"b\\c\nd{{e}} <b>&\u2028\uD83D\uDE00';

/** A series with its samples. */
export interface Column {
  readonly labels: Labels;
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** Gauges of all sizes, counters that begin anew, a histogram, gaps, and a label value that is hostile. */
export function columns(): Column[] {
  const random = createRandom(11);
  const t = Float64Array.from({ length: count }, (_, i) => from + i * scrape);
  const of = (labels: Labels, value: (i: number) => number, gap = 0): Column => {
    const kept = t.filter(() => random() >= gap);
    return { labels, t: kept, v: kept.map((_, i) => value(i)) };
  };
  const out: Column[] = [];
  for (const instance of ['a:1', 'b:1', hostile]) {
    out.push(of({ __name__: 'gauge', Zone: 'x', instance }, i => 50 + 20 * Math.sin(i / 20) + random()));
    out.push(of({ __name__: 'tiny', instance }, () => random() * 1e-9));
    out.push(of({ __name__: 'huge', instance }, i => Math.round(random() * 3) * 1e21 - (i % 2)));
    out.push(of({ __name__: 'flapping', instance }, () => Math.floor(random() * 3), 0.9));
    out.push(of({ __name__: 'info', instance, version: `v${instance[0]}` }, () => 1));
    for (const code of ['200', '500']) {
      let total = 0;
      out.push(
        of(
          { __name__: 'requests_total', instance, code },
          () => (total = random() < 0.02 ? 0 : total + random() * 9),
        ),
      );
    }
    for (const [k, le] of ['0.1', '1', '+Inf'].entries()) {
      let total = 0;
      out.push(
        of({ __name__: 'latency_bucket', instance, le }, () => (total += k * 3 + Math.floor(random() * 4))),
      );
    }
  }
  return out;
}

/** The samples as `promtool tsdb create-blocks-from openmetrics` reads them. */
export function openMetrics(all: readonly Column[]): string {
  const quoted = (text: string) =>
    `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  const lines = all.flatMap(({ labels: { __name__: name, ...rest }, t, v }) => {
    const pairs = Object.entries(rest).map(([key, value]) => `${key}=${quoted(value)}`);
    return [...t].map((at, i) => `${name}{${pairs.join(',')}} ${v[i]} ${at / 1000}`);
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

const end = from + (count - 1) * scrape;
/** The last sample, in seconds. */
export const noon = String(end / 1000);
/** A range that begins and steps beside the samples. */
export const times = { start: String(from / 1000 + 607.5), end: noon, step: '61.5' };
