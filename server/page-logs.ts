import { grouped } from './grouped.ts';
import { html, type Markup } from './html.ts';
import type { IncidentView, LogLine } from './model.ts';
import { clockTag, cut } from './page-words.ts';

/** So many services are shown, those with the newest lines first. */
const mostServices = 6;

/** Lines that its alerts carry: they are there, too, when nothing else of the logs is kept any more. */
function carried({ incident }: IncidentView): LogLine[] {
  const texts = incident.members.flatMap(({ alert }) =>
    (alert.annotations.log_examples ?? '')
      .split('\n')
      .filter(text => text !== '')
      .map(text => ({ at: alert.startsAt, service: alert.labels.service ?? 'unknown', text })),
  );
  return [...new Map(texts.map(line => [`${line.service}\n${line.text}`, line])).values()];
}

function block(service: string, lines: readonly LogLine[], began: number): Markup {
  const text = lines.map(
    ({ at, text }) => html`<span class="soft">${clockTag(at, began)}</span> ${cut(text)}
`,
  );
  return html`<h3>${cut(service)}</h3>
<pre class="log" role="group" tabindex="0" data-stop data-key="log ${cut(service)}" aria-label="Log lines of ${cut(service)}">${text}</pre>
`;
}

/** Lines of errors of each service of an incident, the newest first; nothing where there are none. */
export function logsSection(view: IncidentView): Markup | undefined {
  const { errors = [] } = view.logs ?? {};
  const lines = errors.length > 0 ? errors : carried(view);
  const services = [...grouped(lines, ({ service }) => service)].slice(0, mostServices);
  if (services.length === 0) return undefined;
  const title = errors.length > 0 ? 'The last errors in the logs' : 'Lines of the logs';
  return html`<h2>${title}</h2>
<p class="soft">Secrets and personal data are hidden.</p>
${services.map(([service, told]) => block(service, told, view.incident.startsAt))}`;
}
