import { sayEntity } from '../core/say-name.ts';
import { qValues } from '../detectors/false-discovery.ts';
import type { UnusualOverview } from '../server/model.ts';
import type { ClassWatch } from './class-watch.ts';

/** So many stand on the page. */
const most = 10;

/**
 * The rows that are in an episode now, the surest first: by the false-discovery rate over all rows that are watched, since
 * among very many rows some are unusual by chance. It ranks; what pages is decided by evidence and budget.
 */
export function unusualNow(watches: readonly ClassWatch[]): UnusualOverview {
  const judged = watches.flatMap(watch => {
    const judgement = watch.judged ? watch.states.judgement : undefined;
    if (judgement === undefined) return [];
    return Array.from(judgement.p, (p, row) => ({ watch, row, p, flagged: judgement.flagged[row] === 1 }));
  });
  const q = qValues(judged.map(({ p }) => p));
  const flagged = judged
    .map((each, i) => ({ ...each, q: q[i]! }))
    .filter(each => each.flagged && !Number.isNaN(each.q))
    .sort((a, b) => a.q - b.q || a.p - b.p);
  const rows = flagged.slice(0, most).flatMap(({ watch, row, q: rate }) => {
    const anomaly = watch.explainRow(row);
    if (anomaly === undefined) return [];
    return [{ class: anomaly.class, entity: sayEntity(anomaly.entity), reason: anomaly.reason, q: rate }];
  });
  return { total: flagged.length, rows };
}
