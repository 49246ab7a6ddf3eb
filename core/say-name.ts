import type { Labels } from './labels.ts';

/** A signal as words, `call error ratio` for `call_error_ratio`; the name of an alert stays as it is. */
export function saySignal(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) ? name.replaceAll('_', ' ') : name;
}

const callees = ['peer_service', 'destination_service_name', 'server_address'];
const owners = ['service', 'job'];
const parts = ['pod', 'instance', 'node'];

/** A name for an entity as a person says it: `catalog to redis` for a call, `frontend (10.0.0.1:80)` for a part, else its values. */
export function sayEntity(entity: Labels): string {
  const first = (names: readonly string[]) =>
    names.map(name => entity[name]).find(value => value !== undefined && value !== '');
  const [owner, part, callee] = [first(owners), first(parts), first(callees)];
  const whole = owner !== undefined && part !== undefined ? `${owner} (${part})` : (owner ?? part);
  if (callee !== undefined) return whole === undefined ? callee : `${whole} to ${callee}`;
  return whole ?? (Object.values(entity).join(' ') || 'unknown');
}

/** `1 alert`, `2 alerts`. */
export function sayCount(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a, b and 3 more`. */
export function sayList(words: readonly string[], most = 4): string {
  if (words.length === 0) return 'nothing else';
  const shown = words.slice(0, most);
  const rest = words.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
