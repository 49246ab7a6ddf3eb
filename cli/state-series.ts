import type { Series } from '../core/series.ts';
import type { ClassWatch } from './class-watch.ts';
import type { SampledSeries } from './sampled-series.ts';

/** The name of the series that this file makes. */
export const stateName = 'foreshock_series_state';

function seriesOf(watch: ClassWatch): Series[] {
  const { model, states, t } = watch;
  if (model === undefined) return [];
  const at = Float64Array.of(t);
  const v = Float64Array.of(1);
  return watch.entities.flatMap((entity, row) =>
    states.ofSignals(model, row).map(({ signal, state }) => {
      const labels = { ...entity, class: watch.watch.class.name, signal, state, __name__: stateName };
      return { labels, t: at, v };
    }),
  );
}

/** How each series is watched: 1 under the state in which its class's last pass left it. It has no past. */
export function stateSeries(watches: () => readonly ClassWatch[]): SampledSeries {
  return {
    select(asked, start, end) {
      if (!asked.includes(stateName)) return [];
      return watches()
        .filter(({ t }) => t >= start && t <= end)
        .flatMap(seriesOf);
    },
  };
}
