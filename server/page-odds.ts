import type { Chance, Escalation } from '../core/incident.ts';
import { html, type Markup } from './html.ts';
import type { IncidentView } from './model.ts';
import { percent } from './page-words.ts';

/** A chance in the words of people: `about 3 in 10`. */
function inTen(p: number): string {
  if (p < 0.05) return 'hardly ever';
  if (p > 0.95) return 'almost always';
  return `about ${Math.max(1, Math.round(p * 10))} in 10`;
}

function list(drivers: readonly string[]): Markup | undefined {
  return drivers.length === 0 ? undefined : html`<ul>${drivers.map(driver => html`<li>${driver}</li>`)}</ul>`;
}

function oneChance({ what, p, drivers }: Chance): Markup {
  return html`<li><strong>${percent(p)}</strong> that ${what}${list(drivers)}</li>
`;
}

function known({ p, drivers, chances = [] }: Escalation): Markup {
  const each =
    chances.length === 0 ? list(drivers) : html`<ul class="plain rows">${chances.map(oneChance)}</ul>`;
  return html`<p><strong>${percent(p)}</strong>: of incidents like it, ${inTen(p)} get worse.</p>
${each}`;
}

/** How likely the incident gets worse, in which way, and what speaks for it; nothing once it is over and nobody knew. */
export function oddsSection({ incident }: IncidentView): Markup | undefined {
  const { escalation, endsAt, oddsUnknown = 'there is too little history of incidents' } = incident;
  if (endsAt !== undefined && escalation === undefined) return undefined;
  const body = escalation === undefined ? html`<p>Cannot tell yet: ${oddsUnknown}.</p>` : known(escalation);
  return html`<h2>${endsAt === undefined ? 'Will it get worse?' : 'What its odds were to get worse'}</h2>
${body}`;
}
