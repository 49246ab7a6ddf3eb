import {
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { metricNames } from '../promql/names.ts';
import type { DashboardClass } from './model.ts';
import { type Asked, datasources } from './sources.ts';

/** The dashboard variable of an entity label. */
export function variableName(label: string): string {
  return label === 'datasource' || label === 'foreshock' ? `entity_${label}` : label;
}

/** A variable over the values of a label, all of them at first. `query` is Grafana's. */
export function labelVariable(name: string, query: string, of: Asked): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(name)
    .datasource(datasources[of])
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}

/** One variable a label, over the values of the first metric of the first class that has it; they narrow each other down. */
export function entityVariables(classes: readonly DashboardClass[]): QueryVariableBuilder[] {
  const made = new Map<string, QueryVariableBuilder>();
  for (const one of classes) {
    const metric = one.queries.flatMap(query => metricNames(parseable(query)))[0];
    if (metric === undefined) continue;
    const before: string[] = [];
    for (const label of one.entityLabels) {
      const name = variableName(label);
      const narrowed = before.length === 0 ? '' : `{${before.join(',')}}`;
      before.push(`${label}=~"$${name}"`);
      if (!made.has(name))
        made.set(name, labelVariable(name, `label_values(${metric}${narrowed}, ${label})`, one.of));
    }
  }
  return [...made.values()];
}

const parseable = (query: string) => query.replaceAll(/\$(?:__)?rate_interval\b/g, '1m');

/** Matchers on the entity variables of a class. */
export function variableMatchers(one: DashboardClass): string {
  return one.entityLabels.map(label => `${label}=~"$${variableName(label)}"`).join(',');
}
