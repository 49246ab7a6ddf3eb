import type { Placeable } from './grid.ts';
import { nextFull } from './next-full.ts';
import { type StatSpec, statPanel } from './stat-panel.ts';

const steps = (warn: number, bad: number) => [
  { from: null, colour: 'green' },
  { from: warn, colour: 'orange' },
  { from: bad, colour: 'red' },
];

const abnormal: StatSpec = {
  title: 'Abnormal now',
  about:
    'Things that are outside of what foreshock expects of them. Normal: 0, or a few that come and go. The table below names them.',
  unit: 'short',
  expr: 'sum(foreshock_anomaly) or vector(0)',
  of: 'foreshock',
  steps: steps(1, 10),
};

const open: StatSpec = {
  title: 'Open incidents',
  about: 'Incidents that are open. Normal: 0. Each has a dashboard: see the list below.',
  unit: 'short',
  expr: 'max(foreshock_incidents_open)',
  of: 'metrics',
  steps: steps(1, 3),
  none: 'not scraped',
};

const budget: StatSpec = {
  title: 'Largest share of a page budget in use',
  about:
    'Pages of the service that used most of its budget, against what it allows. Normal: below 100 %. Above it, look at what paged and reject what was none: that raises what pages there.',
  unit: 'percentunit',
  expr: 'max(foreshock_budget_pages / foreshock_budget_allowed)',
  of: 'foreshock',
  steps: steps(0.8, 1),
  none: 'no budget in use',
};

/** The state of the whole fleet in four numbers. */
export function figures(): readonly Placeable[] {
  return [abnormal, open, budget, nextFull('')].map(spec => statPanel(spec, { w: 6, h: 4 }));
}
