import type { Topology } from '../core/topology.ts';

/** The shortest way along calls from a caller to a callee, both ends included; undefined when there is none. */
export type CallPath = (from: string, to: string) => readonly string[] | undefined;

type Reached = ReadonlyMap<string, string | undefined>;

/** Ways of at most `maxCalls` calls; of ways of one length the first by name. Answers are kept. */
export function callPaths({ edges }: Topology, maxCalls: number): CallPath {
  const callees = new Map<string, Set<string>>();
  for (const { from, to } of edges) callees.set(from, (callees.get(from) ?? new Set()).add(to));
  const known = new Map<string, Reached>();
  return (from, to) => {
    const reached = known.get(from) ?? reachedFrom(from, callees, maxCalls);
    known.set(from, reached);
    return from !== to && reached.has(to) ? wayTo(to, reached) : undefined;
  };
}

/** What is reached, each with whence. */
function reachedFrom(start: string, callees: ReadonlyMap<string, ReadonlySet<string>>, maxCalls: number) {
  const reached = new Map<string, string | undefined>([[start, undefined]]);
  let edge = [start];
  for (let calls = 0; calls < maxCalls; calls++) {
    const next: string[] = [];
    for (const id of edge)
      for (const callee of [...(callees.get(id) ?? [])].sort()) {
        if (reached.has(callee)) continue;
        reached.set(callee, id);
        next.push(callee);
      }
    edge = next;
  }
  return reached;
}

function wayTo(to: string, reached: Reached): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = to; at !== undefined; at = reached.get(at)) way.unshift(at);
  return way;
}
