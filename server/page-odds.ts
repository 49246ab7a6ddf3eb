import type { Escalation } from '../core/incident.ts';
import { html, type Markup } from './html.ts';
import type { IncidentView } from './model.ts';
import { percent } from './page-words.ts';

/** A chance in the words of people: `about 3 in 10`. */
function inTen(p: number): string {
  if (p < 0.05) return 'hardly any chance';
  if (p > 0.95) return 'almost certain';
  return `about ${Math.round(p * 10) || 1} in 10`;
}

function known({ p, drivers }: Escalation): Markup {
  return html`<p><strong>${percent(p)}</strong> (${inTen(p)}) that it gets graver, spreads, or lasts longer than it should.</p>
${drivers.length === 0 ? undefined : html`<ul>${drivers.map(driver => html`<li>${driver}</li>`)}</ul>`}`;
}

/** How likely the incident gets worse, and why. */
export function oddsSection({ incident: { escalation, endsAt } }: IncidentView): Markup | undefined {
  if (endsAt !== undefined && escalation === undefined) return undefined;
  return html`<h2>Will it get worse?</h2>
${escalation === undefined ? html`<p>Cannot tell yet: there is too little history of incidents like it.</p>` : known(escalation)}`;
}
