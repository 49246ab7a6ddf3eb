import type { Placeable } from './grid.ts';
import { tablePanel } from './table-panel.ts';

const worst = 'topk(30, foreshock_anomaly_score and foreshock_anomaly == 1)';

/** What is abnormal now, the farthest out first. */
export function anomalyTable(size: { readonly w: number; readonly h: number }): Placeable {
  return tablePanel(
    {
      title: 'Abnormal now',
      about:
        'Things that are outside of what foreshock expects of them, the most abnormal first. Normal: empty. Open the dashboard of the class and choose the thing: the shaded range is what was expected.',
      columns: [
        {
          of: 'foreshock',
          expr: worst,
          title: 'Score',
          unit: 'short',
        },
        {
          of: 'foreshock',
          expr: `foreshock_anomaly_p_value and ${worst}`,
          title: 'By chance',
          unit: 'percentunit',
        },
      ],
      sortBy: { title: 'Score', descending: true },
      none: 'Nothing is abnormal.',
    },
    size,
  );
}
