import { parseDuration } from '../core/duration.ts';
import { selectedMetrics } from '../promql/calls.ts';
import { findError } from '../promql/parse.ts';
import { selectorsOf } from '../promql/selectors.ts';

/** What a query may do on its dashboard. */
export interface QueryRules {
  /** Names of the variables over entity labels; every selector must carry matchers on some of them, all the same. */
  readonly entityVariables: readonly string[];
  /** Metrics that end like a counter and are none. */
  readonly gauges: ReadonlySet<string>;
}

const counter = /_(?:total|count|sum|bucket)$/;
/** What may take a counter as it is, or only counts series. */
const readers = new Set([
  'rate',
  'irate',
  'increase',
  'resets',
  'changes',
  'absent',
  'absent_over_time',
  'count',
  'group',
]);

/** ms; below it a window may hold too few samples. */
const shortestFixed = 600_000;

const known = /\$__(?:rate_interval|interval|range)\b|\$__(?:from|to)\b/g;
/** A name that no metric has stands for a variable while a query is read. */
const filled = (query: string) => query.replaceAll(known, '1m');

/** What is wrong with a query of a panel, in words. */
export function lintQuery(query: string, rules: QueryRules): string[] {
  const error = findError(filled(query));
  if (error !== undefined) return [`its query cannot be read: ${error.message}`];
  if (shortWindows(query).length > 0) return ['a rate has a fixed window: write [$__rate_interval]'];
  const left = query.replaceAll(known, '').match(/\$rate_interval\b|\$\{\w*\}/);
  if (left !== null) return [`the placeholder ${left[0]} was left in its query`];
  return [...bareCounters(filled(query), rules.gauges), ...lintMatchers(query, rules.entityVariables)];
}

/** Fixed windows of rates that are shorter than many scrape intervals are; a longer one is meant. */
function shortWindows(query: string): string[] {
  const windows = query.matchAll(/\b(?:rate|irate|increase)\([^)]*?\[((?:\d+(?:ms|[smhdwy]))+)\]/g);
  return [...windows].flatMap(([, window = '']) => (parseDuration(window) < shortestFixed ? [window] : []));
}

function bareCounters(query: string, gauges: ReadonlySet<string>): string[] {
  const bare = selectedMetrics(query)
    .filter(({ metric }) => counter.test(metric) && !gauges.has(metric))
    .filter(({ inside }) => !inside.some(name => readers.has(name)));
  return [...new Set(bare.map(({ metric }) => metric))].map(
    metric => `${metric} is a counter: it needs a rate around it`,
  );
}

function lintMatchers(query: string, variables: readonly string[]): string[] {
  if (variables.length === 0) return [];
  const used = selectorsOf(filled(query)).map(selector =>
    variables.filter(name => selector.includes(`=~"$${name}"`)).join(', '),
  );
  if (used.some(names => names === '')) return ['a selector has no matcher on a variable of the dashboard'];
  if (new Set(used).size > 1)
    return [`its selectors follow different variables: ${[...new Set(used)].join('; ')}`];
  return [];
}
