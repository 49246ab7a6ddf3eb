import type { Incident } from '../core/incident.ts';
import type { Labels } from '../core/labels.ts';
import type { Topology, TopologyEdge } from '../core/topology.ts';
import { placeLabels } from '../correlators/place.ts';
import type { Surroundings } from '../server/model.ts';
import type { IncidentBook } from './incident-book.ts';

/** More cannot be read at a glance. */
const mostThings = 30;

type Near = Pick<Incident, 'members' | 'suspects'>;

/** The ids that an incident names and the graph knows: each suspect's rank, and what has alerts, in its order. */
function namedBy({ members, suspects }: Near, known: ReadonlySet<string>) {
  const idOf = (labels: Labels) =>
    placeLabels.map(name => labels[name]).find(value => value !== undefined && known.has(value));
  const ranks = new Map<string, number>();
  for (const [i, { entity }] of suspects.entries()) {
    const id = idOf(entity);
    if (id !== undefined && !ranks.has(id)) ranks.set(id, i + 1);
  }
  const affected = new Set(members.flatMap(({ alert }) => idOf(alert.labels) ?? []));
  return { ranks, affected };
}

/** Direct neighbours of what is named, those with most calls to and from it first, then by name. */
function neighboursOf(named: ReadonlySet<string>, edges: readonly TopologyEdge[]): string[] {
  const links = new Map<string, number>();
  for (const { from, to } of edges) {
    if (named.has(from) === named.has(to)) continue;
    const other = named.has(from) ? to : from;
    links.set(other, (links.get(other) ?? 0) + 1);
  }
  return [...links].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([id]) => id);
}

function cut({ ranks, affected }: ReturnType<typeof namedBy>, edges: readonly TopologyEdge[]): Surroundings {
  const named = new Set([...ranks.keys(), ...affected]);
  const all = [...named, ...neighboursOf(named, edges)];
  const shown = all.slice(0, mostThings);
  const inside = new Set(shown);
  return {
    things: shown.map(id => {
      const rank = ranks.get(id);
      return { id, ...(rank === undefined ? {} : { suspect: rank }), affected: affected.has(id) };
    }),
    calls: edges
      .filter(({ from, to }) => from !== to && inside.has(from) && inside.has(to))
      .filter(({ from, to }) => named.has(from) || named.has(to))
      .map(({ from, to }) => ({ from, to })),
    left: all.length - shown.length,
  };
}

/**
 * Tells what of a topology lies around an incident, cut to what can be read; undefined where it knows nothing that the
 * incident names.
 */
export function surroundingsIn({ nodes, edges }: Topology): (incident: Near) => Surroundings | undefined {
  const known = new Set([...nodes.map(({ id }) => id), ...edges.flatMap(({ from, to }) => [from, to])]);
  return incident => {
    const named = namedBy(incident, known);
    return named.ranks.size + named.affected.size === 0 ? undefined : cut(named, edges);
  };
}

/** Brings to the page what of a topology lies around incidents. */
export function showSurroundings(
  book: Pick<IncidentBook, 'addSurroundings'>,
  topology: Topology,
  incidents: readonly Incident[],
): void {
  const surroundings = surroundingsIn(topology);
  for (const incident of incidents) {
    const around = surroundings(incident);
    if (around !== undefined) book.addSurroundings(incident.id, around);
  }
}
