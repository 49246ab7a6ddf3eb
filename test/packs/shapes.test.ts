import { describe, expect, it } from 'vitest';
import { type ResolvedPack, resolvePack } from '../../config/resolve.ts';
import type { Labels } from '../../core/labels.ts';
import { indicatorQueries } from '../../core/objective.ts';
import type { Series } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { metricNames } from '../../promql/names.ts';
import { readPacks } from '../reference/packs.ts';

const step = 60_000;
const now = Date.UTC(2026, 0, 2);
const samples = 24 * 60;
const times = Float64Array.from({ length: samples }, (_, k) => now - (samples - 1 - k) * step);

interface Question {
  readonly name: string;
  readonly query: string;
  /** The labels that the answer must have, no more and no less. */
  readonly labels: readonly string[];
}

/** Signals, edges, capacity and objectives; the labels are those of the class that each is about. */
function questionsOf({ pack, classes, topology, capacity, objectives }: ResolvedPack): Question[] {
  const labelsOf = (name = '') =>
    classes.find(each => each.class.name === `${pack}/${name}`)?.entityLabels ?? [];
  return [
    ...classes.flatMap(({ class: { name, signals }, entityLabels: labels, queries }) =>
      signals.map((signal, k) => ({ name: `${name}/${signal.name}`, query: queries[k]!, labels })),
    ),
    ...topology.map(({ from, to, via }) => ({ name: `${from}-${to}`, query: via, labels: [from, to] })),
    ...capacity.flatMap(({ resource, class: about, used, limit }) => [
      { name: `${resource}/used`, query: used, labels: labelsOf(about) },
      { name: `${resource}/limit`, query: limit, labels: labelsOf(about) },
    ]),
    ...objectives.flatMap(({ name, class: about, indicator }) =>
      indicatorQueries(indicator).map(({ keys, query }) => ({
        name: `${name}/${keys.join('.')}`,
        query,
        labels: labelsOf(about),
      })),
    ),
  ];
}

/** A value that an expression such as `5..|error` or `.*(key|token).*` matches. */
function matchOf(expression: string): string {
  const first =
    expression
      .replace(/\([^()]*\)\?/g, '')
      .replace(/^\.[*+]|\.[*+]$/g, '')
      .split('|')
      .find(part => part !== '') ?? 'any';
  return first
    .replace(/[()^$]/g, '')
    .replace(/\[\.\]/g, '.')
    .replace(/\.[*+]/g, 'x')
    .replace(/\.\./g, '03');
}

/** Labels of a series that the selector finds, beside those that are given. */
function labelsFor(selector: string, given: Labels): Labels {
  const labels: Record<string, string> = { ...given };
  for (const [, key = '', op, value = ''] of selector.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)) {
    if (op === '=') labels[key] = value;
    else if (op !== '=~') labels[key] ??= 'other';
    else if (!new RegExp(`^(?:${value})$`).test(labels[key] ?? '')) labels[key] = matchOf(value);
  }
  return labels;
}

/** A growing series for each selector of a query, and for each bound of a histogram. */
function seriesFor({ query, labels }: Question): Series[] {
  const given = {
    job: 'lab',
    name: 'lab',
    replica: 'a',
    ...Object.fromEntries(labels.map(label => [label, 'one'])),
  };
  return [...new Set(metricNames(query))].flatMap(name => {
    const selectors = query.matchAll(new RegExp(`(?<![\\w:])${name}(?![\\w:])(?:\\{([^}]*)\\})?`, 'g'));
    return [...selectors].flatMap(([, selector = ''], k) => {
      const found = labelsFor(selector, { ...given, selector: String(k) });
      const bounds =
        name.endsWith('_bucket') && found.le === undefined ? ['0.1', '2500', '+Inf'] : [found.le];
      return bounds.map(le => ({
        labels: { ...found, ...(le === undefined ? {} : { le }), __name__: name },
        t: times,
        v: times.map((_, i) => 5 + 3 * i * (k + 1)),
      }));
    });
  });
}

/** Those that no recording can answer, as one of their exporters was not run; what a cluster tells has a test of its own. */
const packs = readPacks().filter(
  ({ pack, exporter }) =>
    !pack.startsWith('kubernetes') && exporter.some(({ documented }) => documented !== undefined),
);

describe.each(packs)('what the pack $pack asks of what is written of its exporters', pack => {
  const resolved = resolvePack(pack, { match: '', params: {}, step, scrapeInterval: step });

  it.each(questionsOf(resolved))('$name has one answer for each entity', async question => {
    const source = createEvaluator(seriesFor(question), { lookback: 2 * step, dialect: 2 });
    const { series } = await source.queryRange({ query: question.query, start: now, end: now, step });
    const answers = series.map(({ labels }) => Object.keys(labels).toSorted());
    expect(answers[0], question.query).toEqual(question.labels.toSorted());
    expect(new Set(series.map(({ labels }) => JSON.stringify(labels))).size).toBe(series.length);
  });
});
