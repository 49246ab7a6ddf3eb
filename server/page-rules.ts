import { sayCount } from '../core/say-name.ts';
import { html, type Markup } from './html.ts';
import type { SuppressionOverview } from './model.ts';
import { percent, timeTag } from './page-words.ts';

function row({ rule, held, regretted, offSince }: SuppressionOverview): Markup {
  const state =
    offSince === undefined
      ? undefined
      : html` <span class="state down">Switched off</span> <span class="soft">since ${timeTag(offSince)}</span>`;
  const share = held === 0 ? undefined : html` <span class="soft">(${percent(regretted / held)})</span>`;
  return html`<li><strong>${rule}</strong>${state}<br>held back ${sayCount(held, 'alert')}, ${regretted} of them wrongly${share}</li>
`;
}

/** What each rule held back and how often that was wrong, the most often first; nothing where nothing is measured. */
export function rulesSection(rules: readonly SuppressionOverview[] | undefined): Markup | undefined {
  if (rules === undefined || rules.length === 0) return undefined;
  const inOrder = [...rules].sort((a, b) => b.regretted - a.regretted || b.held - a.held);
  return html`<h2>What is held back</h2>
<p class="soft">Wrongly: a person took the alert out of its incident or acted on it, or it fired on when the rest had ended.</p>
<ul class="plain rows">${inOrder.map(row)}</ul>`;
}
