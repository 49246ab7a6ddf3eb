import type { Labels } from '../core/labels.ts';
import { sayEntity, saySignal } from '../core/say-name.ts';
import { visibleText } from '../core/visible-text.ts';

/** A resource as a person says it, with every label that tells it from its neighbours: `Filesystem of db-7:9100, mountpoint /var`. */
export function resourceName({
  resource,
  entity,
}: {
  readonly resource: string;
  readonly entity: Labels;
}): string {
  const labels = Object.entries(entity).filter(([, value]) => value !== '');
  const said = resource === 'cpu' ? 'CPU' : saySignal(resource);
  const what = said.charAt(0).toUpperCase() + said.slice(1);
  if (labels.length === 0) return visibleText(what);
  const who = sayEntity(entity);
  const words = new Set(who.split(/[ ()]+/));
  const rest = labels.filter(([, value]) => who !== value && !words.has(value));
  const shown = rest.map(([label, value]) => `${label} ${value}`);
  return visibleText([`${what} of ${who}`, ...shown].join(', '));
}
