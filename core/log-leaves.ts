/** Where a value of a structured record stands. One object for all values of a place. */
export interface Place {
  /** Dotted, without the names of mere wrappers. */
  readonly name: string;
  readonly lowerCase: string;
  /** It stands in a wrapper: what stands outside of it under the same name is meant first. */
  readonly isWrapped: boolean;
}

/** One plain value of a structured record. */
export interface Leaf {
  readonly place: Place;
  readonly value: string | number | boolean;
}

/** How much of a record is looked at. */
const mostLeaves = 256;
const mostDepth = 8;
const longestName = 200;
const longestList = 32;
/** Places that are remembered; beyond, all are forgotten. */
const mostPlaces = 20_000;
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
const anyValue = new Set(
  ['string', 'int', 'double', 'bool', 'bytes', 'array', 'kvlist'].map(type => `${type}Value`),
);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What an OpenTelemetry AnyValue (`{"stringValue": "x"}`) holds; others as they are. */
function unwrapped(value: Readonly<Record<string, unknown>>): unknown {
  for (const name in value) {
    if (!anyValue.has(name) || Object.keys(value).length !== 1) return value;
    const inner = value[name];
    return isObject(inner) && 'values' in inner ? inner.values : inner;
  }
  return value;
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

/** A place, and those inside of it by the key that leads there: names are put together once, not for every record. */
class Node implements Place {
  readonly name: string;
  readonly lowerCase: string;
  readonly isWrapped: boolean;
  readonly #within: string;
  readonly #isInWrapper: boolean;
  readonly #inside = new Map<string, Node>();

  /** `around` is the place that this one stands in. */
  constructor(path: string, around?: Node) {
    const isWrapped = around === undefined ? false : around.#isInWrapper;
    const isWrapper = wrappers.has(path.toLowerCase());
    this.name = path.replace(wrapped, '').slice(0, longestName);
    this.lowerCase = this.name.toLowerCase();
    this.isWrapped = isWrapped || this.name.length < path.length;
    this.#within = isWrapper || path === '' ? '' : `${path}.`;
    this.#isInWrapper = isWrapped || isWrapper;
  }

  at(key: string): Node {
    const known = this.#inside.get(key);
    if (known !== undefined) return known;
    const node = new Node(this.#within + key, this);
    this.#inside.set(key, node);
    places++;
    return node;
  }
}

let root = new Node('');
let places = 0;

/**
 * The plain values of a structured record, whether nested, dotted or in OpenTelemetry's lists; names of mere wrappers are left
 * out. Bounded in number and depth, null is no value, and any JSON value will do.
 */
export function leavesOf(record: Readonly<Record<string, unknown>>): Leaf[] {
  if (places > mostPlaces) {
    root = new Node('');
    places = 0;
  }
  const gathering = { leaves: [], depth: 0 };
  gather(record, root, gathering);
  return gathering.leaves;
}

interface Gathering {
  readonly leaves: Leaf[];
  depth: number;
}

function gather(value: unknown, place: Node, into: Gathering): void {
  if (into.leaves.length >= mostLeaves || into.depth > mostDepth) return;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    into.leaves.push({ place, value });
    return;
  }
  if (!isObject(value)) return;
  into.depth++;
  gatherInside(value, place, into);
  into.depth--;
}

function gatherInside(value: Readonly<Record<string, unknown>>, place: Node, into: Gathering): void {
  const plain = unwrapped(value);
  if (plain !== value) gather(plain, place, into);
  else if (Array.isArray(value)) {
    const pairs = pairsOf(value);
    if (pairs === undefined) gather(textOf(value), place, into);
    else for (const [key, inner] of pairs) gather(inner, place.at(key), into);
  } else for (const key of Object.keys(value)) gather(value[key], place.at(key), into);
}
