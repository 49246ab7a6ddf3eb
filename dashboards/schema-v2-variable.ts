import {
  VariableHide,
  type VariableKind,
  type VariableOption,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboardv2beta1';
import type { VariableV1 } from './schema-v1.ts';
import { dataQuery } from './schema-v2-panel.ts';

/** In v1 these are numbers: the index here. */
const hides = [VariableHide.DontHide, VariableHide.HideLabel, VariableHide.HideVariable] as const;
const refreshes = [
  VariableRefresh.Never,
  VariableRefresh.OnDashboardLoad,
  VariableRefresh.OnTimeRangeChanged,
] as const;
const sorts = [
  VariableSort.Disabled,
  VariableSort.AlphabeticalAsc,
  VariableSort.AlphabeticalDesc,
  VariableSort.NumericalAsc,
  VariableSort.NumericalDesc,
  VariableSort.AlphabeticalCaseInsensitiveAsc,
  VariableSort.AlphabeticalCaseInsensitiveDesc,
  VariableSort.NaturalAsc,
  VariableSort.NaturalDesc,
] as const;

/** Grafana's key for a query that is a text. */
const textKey = '__legacyStringValue';

function sharedOf(variable: VariableV1) {
  const { name, label, description, hide, skipUrlSync, multi, includeAll, allowCustomValue } = variable;
  const { text, value, selected } = variable.current ?? { text: '', value: '' };
  const current: VariableOption = { text, value, ...(selected === undefined ? {} : { selected }) };
  return {
    name,
    ...(label === undefined ? {} : { label }),
    ...(description === undefined ? {} : { description }),
    hide: hides[hide] ?? VariableHide.DontHide,
    ...{ skipUrlSync, multi, includeAll, allowCustomValue, current },
    options: [],
    regex: '',
  };
}

/** A variable. */
export function variableKind(variable: VariableV1): VariableKind {
  const shared = sharedOf(variable);
  if (variable.type === 'datasource') {
    const { query: pluginId } = variable;
    return {
      kind: 'DatasourceVariable',
      spec: { ...shared, pluginId, refresh: VariableRefresh.OnDashboardLoad },
    };
  }
  const { query, definition, datasource, refresh, sort, allValue } = variable;
  return {
    kind: 'QueryVariable',
    spec: {
      ...shared,
      query: dataQuery(datasource, { [textKey]: query }),
      ...(definition === undefined ? {} : { definition }),
      refresh: refreshes[refresh] ?? VariableRefresh.Never,
      sort: sorts[sort] ?? VariableSort.Disabled,
      ...(allValue === undefined ? {} : { allValue }),
    },
  };
}
