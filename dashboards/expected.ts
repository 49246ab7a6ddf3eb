import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardClass } from './model.ts';
import type { Ask } from './series-panel.ts';
import { datasources } from './sources.ts';

/** A class is watched once a source; where there are several its name ends with that of the source. */
function ofClass({ name }: DashboardClass, matchers: string): string {
  const rest = matchers === '' ? '' : `,${matchers}`;
  return `class=~"${name}(@.*)?"${rest}`;
}

/** The range that foreshock expects a signal in, of all that is shown together: of one entity it is its own. */
export function expectedBand(one: DashboardClass, signal: string, matchers: string): readonly [Ask, Ask] {
  const selector = `{${ofClass(one, matchers)},signal="${signal}"}`;
  const low = 'expected, low';
  return [
    { of: 'foreshock', expr: `min(foreshock_expected_lower${selector})`, legend: low, look: 'low' },
    {
      of: 'foreshock',
      expr: `max(foreshock_expected_upper${selector})`,
      legend: 'expected',
      look: { bandAbove: low, colour: 'blue' },
    },
  ];
}

/** Marks on the panels (by id) of a class while an entity of it is abnormal. */
export function anomalyMarks(
  one: DashboardClass,
  at: { readonly matchers: string; readonly panels: readonly number[] },
): AnnotationQueryBuilder {
  const names = one.entityLabels.map(label => `{{${label}}}`).join(' ');
  return new AnnotationQueryBuilder()
    .name(`Abnormal: ${one.name}`)
    .datasource(datasources.foreshock)
    .enable(true)
    .iconColor('red')
    .expr(`foreshock_anomaly{${ofClass(one, at.matchers)}} == 1`)
    .titleFormat(`${names} is abnormal`)
    .textFormat('{{class}}')
    .step('60s')
    .filter({ build: () => ({ exclude: false, ids: [...at.panels] }) });
}
