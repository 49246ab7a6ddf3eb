import { sayCount, sayList } from '../core/say-name.ts';
import { html, type Markup } from './html.ts';
import type { BudgetOverview } from './model.ts';
import { cut } from './page-words.ts';

const aWeek = (perDay: number): string => String(Number((perDay * 7).toPrecision(2)));

function sayJudged({ rejected, confirmed, open }: NonNullable<BudgetOverview['judged']>): string {
  const all = rejected + confirmed + open;
  if (all === 0) return 'Nobody was paged in that time.';
  const unsaid = open === 0 ? '' : `, ${open} not judged, which counts as false`;
  return `Of ${sayCount(all, 'page')}: ${confirmed} confirmed, ${rejected} rejected${unsaid}.`;
}

/** The false pages that each service may have, those of the one that had most, and what people said of them. */
export function budgetSection(budget: BudgetOverview | undefined): Markup | undefined {
  if (budget === undefined) return undefined;
  const { statedPerDay, realisedPerDay, over = [], judged } = budget;
  const most =
    realisedPerDay === undefined
      ? 'How many came is not known yet.'
      : `The service with most of them had ${aWeek(realisedPerDay)}.`;
  const beyond =
    over.length === 0
      ? undefined
      : html`
<p><span class="state down">Over its budget</span> ${sayList(over.map(cut), 5)}</p>`;
  return html`<h2>Budget of false pages</h2>
<p>Each service may have ${aWeek(statedPerDay)} a week. ${most} ${judged === undefined ? undefined : sayJudged(judged)}</p>${beyond}`;
}
