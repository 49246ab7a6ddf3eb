import { createMetrics } from '../../server/metrics.ts';

/** `docs/metrics.md`, from the registry that `/metrics` answers. */
export function metricsPage(): string {
  const rows = createMetrics()
    .registry.getMetricsAsArray()
    .filter(metric => metric.name.startsWith('foreshock_'))
    .map(metric => {
      const labels = 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
      return `| \`${metric.name}\` | ${metric.type} | ${labels.map(label => `\`${label}\``).join(', ')} | ${metric.help} |`;
    })
    .sort();
  return `# Metrics

What foreshock says of itself at \`/metrics\`, beside the usual \`process_*\` and \`nodejs_*\`. Rules on them stand in
\`deploy/prometheus/foreshock-alerts.yml\`. This page is made from the registry by \`npm run docs\`.

| metric | type | labels | |
|---|---|---|---|
${rows.join('\n')}
`;
}
