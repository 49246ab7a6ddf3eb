import type { MetricAbout } from '../server/query-target.ts';

const gauge = (help: string): MetricAbout => ({ type: 'gauge', help });

/** What Grafana says of each metric that the query API may have. */
export const metricsAbout: Readonly<Record<string, MetricAbout>> = {
  foreshock_anomaly_score: gauge('How far an entity is from what is normal, by the combined detectors.'),
  foreshock_anomaly_p_value: gauge('Probability of a score this high while nothing is wrong.'),
  foreshock_anomaly: gauge('1 while an entity is flagged as abnormal.'),
  foreshock_expected: gauge('What a signal is expected to be.'),
  foreshock_expected_lower: gauge('Lower end of the band in which a signal is expected.'),
  foreshock_expected_upper: gauge('Upper end of the band in which a signal is expected.'),
  foreshock_series_state: gauge('1 for the state in which the watching of an entity is.'),
  foreshock_capacity_used: gauge('What is used of a resource, a sample a day.'),
  foreshock_capacity_limit: gauge('What a resource holds at most.'),
  foreshock_capacity_forecast: gauge('What will be used of a resource, by quantile, in the future.'),
  foreshock_capacity_days_until_full: gauge('Days until a resource is full: earliest, median, latest.'),
  foreshock_incident_odds: gauge('Probability that an incident opens within the horizon.'),
  foreshock_budget_pages: gauge('Pages that were sent within the budget of a service.'),
  foreshock_budget_allowed: gauge('Pages that the budget of a service allows.'),
};
