/** caller -> callee, by the ids of nodes. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Arrows that close no circle: those that lead back to a node whose callees are being walked are left out. */
function withoutCircles(ids: readonly string[], arrows: readonly Arrow[]): Arrow[] {
  const kept: Arrow[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const walk = (id: string): void => {
    state.set(id, 'open');
    for (const arrow of arrows) {
      if (arrow.from !== id || state.get(arrow.to) === 'open') continue;
      kept.push(arrow);
      if (!state.has(arrow.to)) walk(arrow.to);
    }
    state.set(id, 'done');
  };
  const called = new Set(arrows.map(arrow => arrow.to));
  for (const id of [...ids.filter(each => !called.has(each)), ...ids]) if (!state.has(id)) walk(id);
  return kept;
}

/** How far below the topmost caller each node stands: the longest way to it. */
function depths(ids: readonly string[], arrows: readonly Arrow[]): Map<string, number> {
  const depth = new Map(ids.map(id => [id, 0]));
  let moved = true;
  while (moved) {
    moved = false;
    for (const { from, to } of arrows) {
      const below = depth.get(from)! + 1;
      if (depth.get(to)! >= below) continue;
      depth.set(to, below);
      moved = true;
    }
  }
  return depth;
}

/**
 * Ids in layers, callers above what they call (longest path layering; Sugiyama, Tagawa and Toda 1981, without their
 * dummy nodes); in a layer each stands below the mean of its callers, ties by name. The same graph always gives the same
 * layers, in whatever order it comes. Arrows to itself, or to what is no node, are passed over.
 */
export function topologyLayers(nodes: readonly string[], arrows: readonly Arrow[]): string[][] {
  const ids = [...new Set(nodes)].sort();
  const known = new Set(ids);
  const inside = arrows
    .filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
    .sort((a, b) => (a.from === b.from ? (a.to < b.to ? -1 : 1) : a.from < b.from ? -1 : 1));
  const forward = withoutCircles(ids, inside);
  const layers: string[][] = [];
  for (const [id, depth] of depths(ids, forward)) {
    layers[depth] ??= [];
    layers[depth].push(id);
  }
  const place = new Map<string, number>();
  return layers.map(layer => {
    const mean = new Map(layer.map(id => [id, meanPlace(forward, id, place)]));
    const ordered = [...layer].sort((a, b) => mean.get(a)! - mean.get(b)! || (a < b ? -1 : 1));
    ordered.forEach((id, i) => {
      place.set(id, (i + 0.5) / ordered.length);
    });
    return ordered;
  });
}

/** Where the callers of a node stand in their layers, 0..1; the middle where nobody calls it. */
function meanPlace(arrows: readonly Arrow[], id: string, place: ReadonlyMap<string, number>): number {
  const above = arrows.filter(({ to }) => to === id).map(({ from }) => place.get(from) ?? 0.5);
  return above.length === 0 ? 0.5 : above.reduce((sum, at) => sum + at, 0) / above.length;
}
