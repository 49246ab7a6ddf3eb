import type { IncidentFeedback, Remark } from '../core/feedback.ts';
import { html, type Markup } from './html.ts';
import type { IncidentView } from './model.ts';
import { timeTag } from './page-words.ts';

function line(what: string, { at, by, text }: Remark): Markup {
  return html`<li>${what} by <strong>${by}</strong>, ${timeTag(at)}${text === undefined ? undefined : html`<br>${text}`}</li>
`;
}

function said({ acknowledged, verdict, notes }: IncidentFeedback): Markup {
  const lines = [
    ...(acknowledged === undefined ? [] : [{ what: 'Acknowledged', remark: acknowledged }]),
    ...(verdict === undefined
      ? []
      : [{ what: verdict.real ? 'Confirmed' : 'Rejected as false', remark: verdict }]),
    ...notes.map(remark => ({ what: 'Note', remark })),
  ].sort((a, b) => a.remark.at - b.remark.at);
  if (lines.length === 0) return html`<p class="soft">Nobody said anything of it yet.</p>`;
  return html`<ul class="plain rows">${lines.map(({ what, remark }) => line(what, remark))}</ul>`;
}

function button(act: string, label: string): Markup {
  return html`<button name="act" value="${act}" data-stop data-key="act ${act}">${label}</button>
`;
}

/** What people said of an incident, and a form to say more: it works without a script. Nothing where that is not kept. */
export function feedbackSection({ incident, feedback }: IncidentView): Markup | undefined {
  if (feedback === undefined) return undefined;
  return html`<h2 id="feedback">What people say of it</h2>
${said(feedback)}
<p class="soft">Acknowledge: you have it; it is told again only when it becomes critical, and when it ends. Reject: it should not have
paged; pages of its services need more evidence for a while.</p>
<form class="say" method="post" action="/incidents/${encodeURIComponent(incident.id)}/feedback">
<div class="two"><label>Your name <input name="by" maxlength="100" autocomplete="name" data-key="by"></label>
<label>Note <input name="text" maxlength="4000" autocomplete="off" data-key="text"></label></div>
<p class="acts">${button('note', 'Add the note')}${button('ack', 'Acknowledge')}${button('confirm', 'Confirm: it was real')}${button('reject', 'Reject: a false page')}</p>
</form>`;
}
