import type { RecordedAlert } from '../collectors/recording.ts';
import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels, omit } from '../core/labels.ts';
import type { Series, SeriesSource } from '../core/series.ts';

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** Labels that the source's Alertmanager would see beside those of the rule. */
  readonly labels?: Labels;
}

/** One series of `ALERTS` -> its firing and resolved alerts; a gap of more than two steps ends a firing. */
function transitions({ labels: all, t }: Series, { end, step, labels: more }: Range): RecordedAlert[] {
  const labels = { ...more, ...omit(all, ['__name__', 'alertstate']) };
  const out: RecordedAlert[] = [];
  const make = (startsAt: number, endsAt: number | undefined): Alert => ({
    labels,
    annotations: {},
    startsAt,
    endsAt,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  });
  let since: number | undefined;
  for (let i = 0; i < t.length; i++) {
    if (since === undefined) {
      since = t[i]!;
      out.push({ at: since, alert: make(since, undefined) });
    }
    const next = t[i + 1] ?? Number.POSITIVE_INFINITY;
    if (next - t[i]! <= 2 * step || t[i]! + 2 * step > end) continue;
    out.push({ at: t[i]! + step, alert: make(since, t[i]! + step) });
    since = undefined;
  }
  return out;
}

/** What Prometheus' own rules fired over a range, by its series `ALERTS`, in order of time. */
export async function readRuleAlerts(source: SeriesSource, range: Range): Promise<readonly RecordedAlert[]> {
  const { start, end, step } = range;
  const query = 'ALERTS{alertstate="firing",generator!="foreshock"}';
  const { series } = await source.queryRange({ query, start, end, step });
  return series.flatMap(each => transitions(each, range)).sort((a, b) => a.at - b.at);
}
