import { thingWords, topologyPicture } from '../charts/topology.ts';
import { sayCount, sayList } from '../core/say-name.ts';
import { html, type Markup, trusted } from './html.ts';
import type { IncidentView, NearbyThing, Surroundings } from './model.ts';
import { inWidths } from './page-widths.ts';
import { cut } from './page-words.ts';

/** A row of the list that says the same in words: what a thing is, what it depends on and what uses it. */
function inWords(thing: NearbyThing, { calls }: Surroundings): Markup {
  const callees = calls.filter(({ from }) => from === thing.id).map(({ to }) => to);
  const callers = calls.filter(({ to }) => to === thing.id).map(({ from }) => from);
  const says = [
    thingWords(thing),
    ...(callees.length === 0 ? [] : [`depends on ${sayList(callees.map(cut), callees.length)}`]),
    ...(callers.length === 0 ? [] : [`used by ${sayList(callers.map(cut), callers.length)}`]),
  ];
  return html`<li><strong>${cut(thing.id)}</strong>: ${says.join('; ')}</li>
`;
}

function drawn({ things, calls }: Surroundings): Markup[] {
  const title = 'Arrows lead to what a thing depends on';
  return inWidths(width => trusted(topologyPicture({ title, width, nodes: things, edges: calls })));
}

/** What depends on what around an incident: a picture, and the same as a list. */
export function topologySection({ around }: IncidentView): Markup {
  if (around === undefined)
    return html`<h2>Around it</h2><p class="soft">What it depends on is not known.</p>`;
  const left =
    around.left === 0 ? '' : ` ${sayCount(around.left, 'neighbour is', 'neighbours are')} left out.`;
  return html`<h2>Around it</h2>
<figure class="card" data-stop data-key="topology" tabindex="-1">${drawn(around)}
<figcaption class="soft">Filled: it has alerts. Numbered and outlined: a suspect, by rank.${left}</figcaption></figure>
<details data-key="topology in words"><summary data-stop data-key="summary of topology in words">The same as a list</summary>
<ul>${around.things.map(thing => inWords(thing, around))}</ul></details>`;
}
