import type { Incident, Member } from '../core/incident.ts';
import type { Labels } from '../core/labels.ts';
import { sayCount, saySignal } from '../core/say-name.ts';
import { grouped } from './grouped.ts';
import { html, type Markup, safeLink } from './html.ts';
import type { IncidentView } from './model.ts';
import { clockTag, cut } from './page-words.ts';
import { silenceLink } from './silence-link.ts';

/** A storm of alerts must not make the page heavy. */
const mostRows = 100;
/** Labels that are said in words, or that no reader needs. */
const quiet = new Set(['alertname', 'generator', 'class', 'severity', 'signal']);

/** What the rows have in common. */
interface About {
  readonly incident: Incident;
  readonly shared: Labels;
  readonly alertmanager: string | undefined;
}

interface Place {
  readonly name: string;
  readonly members: readonly Member[];
}

function placeName({ alert: { labels } }: Member): string {
  return labels.service ?? labels.instance ?? labels.job ?? labels.alertname ?? 'alerts without a place';
}

/** Alerts of one place together, the place that was hit first at the top. */
function placesOf(members: readonly Member[]): Place[] {
  const inOrder = [...members].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
  const places = grouped(inOrder, placeName);
  return [...places].map(([name, list]) => ({ name, members: list }));
}

/** Labels that all members carry say nothing about one of them. */
function sharedBy(members: readonly Member[]): Labels {
  const [first, ...rest] = members.map(member => member.alert.labels);
  if (rest.length === 0) return {};
  const shared = Object.entries(first ?? {}).filter(([name, value]) =>
    rest.every(labels => labels[name] === value),
  );
  return Object.fromEntries(shared);
}

function alertName({ alertname, signal }: Labels): string {
  if (signal !== undefined) return cut(`${saySignal(signal)} unusual`);
  return cut(alertname ?? 'alert without a name');
}

function row({ alert, reason }: Member, place: string, about: About): Markup {
  const { incident, shared } = about;
  const labels = Object.entries(alert.labels)
    .filter(([name, value]) => !quiet.has(name) && value !== place && shared[name] !== value)
    .map(([name, value]) => cut(`${name}=${value}`));
  const link = safeLink(alert.generatorURL);
  // The alerts of our own come from this very page.
  const ours = alert.labels.generator === 'foreshock';
  const source = link === undefined || ours ? undefined : html` <a href="${link}">source</a>`;
  const runbook = safeLink(alert.annotations.runbook_url);
  const steps = runbook === undefined ? undefined : html` <a href="${runbook}">runbook</a>`;
  const silence = ours ? undefined : safeLink(silenceLink(about.alertmanager, alert.labels));
  const quieten = silence === undefined ? undefined : html` <a href="${silence}">silence</a>`;
  const ended =
    alert.endsAt === undefined ? undefined : html`, ended ${clockTag(alert.endsAt, incident.startsAt)}`;
  const { severity } = alert.labels;
  const { log_examples: lines } = alert.annotations;
  const { description = alert.annotations.summary } = alert.annotations;
  const said = description === undefined ? undefined : html`<br>${cut(description)}`;
  const log = lines === undefined ? undefined : html`<pre class="log">${lines}</pre>`;
  return html`<li><strong>${alertName(alert.labels)}</strong>${severity === 'critical' ? html` <span class="state down">critical</span>` : undefined}
<span class="soft">${labels.join(' ')}</span> since ${clockTag(alert.startsAt, incident.startsAt)}${ended}${source}${steps}${quieten}${said}<br><span class="soft">${cut(reason)}</span>${log}</li>
`;
}

function placeBlock({ name, members }: Place, rows: number, about: About): Markup {
  const firing = members.filter(({ alert }) => alert.endsAt === undefined).length;
  const critical = members.filter(({ alert }) => alert.labels.severity === 'critical').length;
  const first = members[0]?.alert.startsAt ?? about.incident.startsAt;
  const counts = [
    sayCount(members.length, 'alert'),
    ...(firing === members.length ? [] : [firing === 0 ? 'all ended' : `${firing} firing`]),
    ...(critical === 0 ? [] : [`${critical} critical`]),
  ];
  const more = members.length - rows;
  return html`<details data-key="place ${cut(name)}"><summary data-stop data-key="summary ${cut(name)}"><strong>${cut(name)}</strong> <span class="soft">${counts.join(', ')}, since ${clockTag(first, about.incident.startsAt)}</span></summary>
<ul class="plain rows">${members.slice(0, rows).map(member => row(member, name, about))}</ul>
${more > 0 ? html`<p>And ${more} more: <a href="/api/v1/incidents/${encodeURIComponent(about.incident.id)}">all as JSON</a>.</p>` : undefined}
</details>
`;
}

/** The alerts of an incident by place, each with the reason why it belongs; at most 100 are written out. */
export function membersSection({ incident, alertmanager }: IncidentView): Markup {
  const { members } = incident;
  if (members.length === 0) return html`<h2>Alerts of this incident</h2><p>It has no alert yet.</p>`;
  const about = { incident, shared: sharedBy(members), alertmanager };
  let left = mostRows;
  const blocks = placesOf(members).map(place => {
    const rows = Math.min(left, place.members.length);
    left -= rows;
    return placeBlock(place, rows, about);
  });
  return html`<h2>${sayCount(members.length, 'alert')} of this incident, and why</h2>
${blocks}`;
}
