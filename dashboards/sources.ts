import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';

/** Who is asked: the metrics of the fleet, or what foreshock itself learned of them by its query API. */
export type Asked = 'metrics' | 'foreshock';

const ofVariable = (name: string) => ({ type: 'prometheus', uid: `\${${name}}` }) as const;

/** The data sources of queries: variables that the reader picks. */
export const datasources = { metrics: ofVariable('datasource'), foreshock: ofVariable('foreshock') } as const;

/** A panel whose queries ask several data sources. */
export const mixedDatasource = { type: 'datasource', uid: '-- Mixed --' } as const;

/** Grafana's own store, which holds the annotations that were written to it. */
export const grafanaDatasource = { type: 'grafana', uid: '-- Grafana --' } as const;

/** The data source of a panel with queries to these. */
export function datasourceOf(asked: readonly Asked[]): { readonly type: string; readonly uid: string } {
  const [first = 'metrics'] = asked;
  return asked.every(each => each === first) ? datasources[first] : mixedDatasource;
}

/** One variable a data source; that of foreshock begins with a data source whose name says so. */
export function sourceVariables(): readonly DatasourceVariableBuilder[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Metrics').type('prometheus'),
    new DatasourceVariableBuilder('foreshock')
      .label('foreshock')
      .type('prometheus')
      .current({ text: 'foreshock', value: 'foreshock' }),
  ];
}
