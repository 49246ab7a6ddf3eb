import { type Budget, rejectedByService } from '../alerts/budget.ts';
import type { PageThresholds } from '../alerts/page-threshold.ts';
import type { FeedbackOf } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import { sayCount } from '../core/say-name.ts';
import type { Store } from '../core/store.ts';
import { budgetRule } from '../correlators/regret-rules.ts';
import type { Metrics } from '../server/metrics.ts';
import type { AuditDesk } from './audit-desk.ts';

/** What rejected incidents raise, and where it is told. `incidents` as people have merged and split them. */
export interface SpentBudgetParts {
  readonly budget: Budget;
  readonly thresholds: Pick<PageThresholds, 'spend'>;
  readonly incidents: () => readonly Incident[];
  readonly of: FeedbackOf;
  readonly isOff: (rule: string) => boolean;
  readonly store: Store;
  readonly audit: Pick<AuditDesk, 'note'>;
  readonly metrics: Pick<Metrics, 'budgetRejected'>;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const nothing: ReadonlyMap<string, number> = new Map();

function inWords(counts: ReadonlyMap<string, number>): string {
  const each = [...counts].map(([service, n]) => `${service} (${sayCount(n, 'rejected incident')})`);
  return each.length === 0
    ? 'no service needs more evidence to page than its history asks for'
    : `more evidence is needed to page for ${each.join(', ')}`;
}

/** Lets rejected incidents of the time of the budget raise what pages; called before each pass, at `t` (ms). */
export function spendBudget(parts: SpentBudgetParts, t: number): void {
  const { budget, thresholds, incidents, of, isOff, store, audit, metrics } = parts;
  const isReal = (incident: string) => of(incident).verdict?.real;
  const counts = isOff(budgetRule) ? nothing : rejectedByService(incidents(), budget, { t, isReal });
  thresholds.spend(counts);
  const text = JSON.stringify([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  const state = store.values('budget');
  const before = state.get('rejected');
  metrics.budgetRejected.reset();
  for (const [service, count] of counts) metrics.budgetRejected.set({ service }, count);
  if (text === (before === undefined ? '[]' : new TextDecoder().decode(before))) return;
  store.transaction(() => {
    state.set('rejected', encode(text));
    const details = { services: Object.fromEntries(counts) };
    audit.note({ action: 'threshold-changed', message: inWords(counts), details });
  });
}
