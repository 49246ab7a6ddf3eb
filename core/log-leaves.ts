/** One value of a structured record: where it stands, dotted, and what it is. */
export interface Leaf {
  readonly name: string;
  readonly value: string | number | boolean;
  /** It stands in a wrapper: what stands outside of it under the same name is meant first. */
  readonly isWrapped: boolean;
}

/** How much of a record is looked at. */
const mostLeaves = 256;
const mostDepth = 8;
const longestName = 200;
const longestList = 32;
/** Objects whose names say nothing of what is in them: `resource.attributes.service.name` is `service.name`. */
const wrappers = new Set([
  'resource',
  'attributes',
  'resourceattributes',
  'logattributes',
  'scopeattributes',
  'log_processed',
  'fields',
  'jsonpayload',
  'contextmap',
  'mdc',
  'context',
  'extra',
]);
const wrapped = /^(?:(?:resource|attributes|resourceattributes|log_processed|jsonpayload)\.)+/i;
const anyValue = /^(?:string|int|double|bool|bytes|array|kvlist)Value$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What an OpenTelemetry AnyValue (`{"stringValue": "x"}`) holds; others as they are. */
function unwrapped(value: unknown): unknown {
  if (!isObject(value) || Array.isArray(value)) return value;
  const names = Object.keys(value);
  if (names.length !== 1 || !anyValue.test(names[0]!)) return value;
  const inner = value[names[0]!];
  return isObject(inner) && 'values' in inner ? inner.values : inner;
}

/** The pairs of a list `[{"key", "value"}]`, as OpenTelemetry writes attributes; undefined for other lists. */
function pairsOf(list: readonly unknown[]): (readonly [string, unknown])[] | undefined {
  const pairs: (readonly [string, unknown])[] = [];
  for (const one of list.slice(0, mostLeaves)) {
    if (!isObject(one) || typeof one.key !== 'string' || !('value' in one)) return undefined;
    pairs.push([one.key, one.value]);
  }
  return pairs.length > 0 ? pairs : undefined;
}

/** Text of a list: bytes that journald could not write as text, or its plain values. */
function textOf(list: readonly unknown[]): string | undefined {
  const isByte = (one: unknown) => typeof one === 'number' && one >= 0 && one <= 255 && Number.isInteger(one);
  if (list.length > longestList || (list.length > 3 && list.every(isByte)))
    return list.every(isByte) ? new TextDecoder().decode(Uint8Array.from(list, Number)) : undefined;
  const plain = list.filter(one => typeof one === 'string' || typeof one === 'number');
  return plain.length > 0 && plain.length === list.length ? plain.join(',') : undefined;
}

/**
 * The plain values of a structured record, whether nested, dotted or in OpenTelemetry's lists; names of mere wrappers are left
 * out. Bounded in number and depth, null is no value, and any JSON value will do.
 */
export function leavesOf(record: Readonly<Record<string, unknown>>): Leaf[] {
  const leaves: Leaf[] = [];
  gather(record, { name: '', depth: 0, isWrapped: false }, leaves);
  return leaves;
}

/** Where a value of a record stands. */
interface Place {
  readonly name: string;
  readonly depth: number;
  readonly isWrapped: boolean;
}

function gather(value: unknown, place: Place, leaves: Leaf[]): void {
  const { name, depth, isWrapped } = place;
  if (leaves.length >= mostLeaves || depth > mostDepth) return;
  const plain = unwrapped(value);
  if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean') {
    const short = name.replace(wrapped, '').slice(0, longestName);
    leaves.push({ name: short, value: plain, isWrapped: isWrapped || short.length < name.length });
  } else if (Array.isArray(plain)) {
    const pairs = pairsOf(plain);
    if (pairs === undefined) gather(textOf(plain), place, leaves);
    else gatherAll(pairs, place, leaves);
  } else if (isObject(plain)) gatherAll(Object.entries(plain), place, leaves);
}

function gatherAll(pairs: readonly (readonly [string, unknown])[], place: Place, leaves: Leaf[]): void {
  const isWrapper = wrappers.has(place.name.toLowerCase());
  const prefix = isWrapper || place.name === '' ? '' : `${place.name}.`;
  const [depth, isWrapped] = [place.depth + 1, place.isWrapped || isWrapper];
  for (const [key, inner] of pairs) gather(inner, { name: prefix + key, depth, isWrapped }, leaves);
}
