import type { BoardRow, Placeable } from './grid.ts';
import { seriesPanel } from './series-panel.ts';
import { tablePanel } from './table-panel.ts';

/** Whether what was promised holds: false positives against the stated rate, pages against the budget. */
export function budgetRow(): BoardRow {
  return { title: 'Budget', panels: [ratesPanel(), pagesPanel()] };
}

function ratesPanel(): Placeable {
  return seriesPanel(
    {
      title: 'False positives: realised, and stated',
      about:
        'Share of judged rows that were flagged while no incident named their entity. Normal: at or below the dashed line, which is what the config asks for. A class above it for hours learned from another time: look at when its model was fitted.',
      unit: 'percentunit',
      asks: [
        {
          of: 'metrics',
          expr: 'max by (class) (foreshock_false_positive_rate_realised)',
          legend: '{{class}}',
        },
        {
          of: 'metrics',
          expr: 'max(foreshock_false_positive_rate_stated)',
          legend: 'stated',
          look: 'limit',
        },
      ],
      min: 0,
    },
    { w: 12, h: 8 },
  );
}

function pagesPanel(): Placeable {
  return tablePanel(
    {
      title: 'Page budgets',
      about:
        'Pages of each service in the time of its budget, and how many it allows. Normal: used below 100 %. Where it is above, reject the incidents that were none: each raises what pages there.',
      columns: [
        {
          of: 'foreshock',
          expr: 'max by (service) (foreshock_budget_pages / foreshock_budget_allowed)',
          title: 'Used',
          unit: 'percentunit',
        },
        { of: 'foreshock', expr: 'sum by (service) (foreshock_budget_pages)', title: 'Pages', unit: 'short' },
        {
          of: 'foreshock',
          expr: 'sum by (service) (foreshock_budget_allowed)',
          title: 'Allowed',
          unit: 'short',
        },
      ],
      sortBy: { title: 'Used', descending: true },
      none: 'No service has a budget.',
    },
    { w: 12, h: 8 },
  );
}
