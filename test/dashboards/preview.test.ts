import { describe, expect, it } from 'vitest';
import { previewOf } from '../../cli/dashboard-preview.ts';
import type { Labels } from '../../core/labels.ts';
import type { RangeQuery, Series, SeriesSource } from '../../core/series.ts';
import { capacityDashboard } from '../../dashboards/capacity.ts';
import { fleetOverview } from '../../dashboards/fleet.ts';
import { incidentDashboard } from '../../dashboards/incident.ts';
import { packDashboard } from '../../dashboards/pack.ts';
import { readDashboard } from '../../dashboards/preview-model.ts';
import { fillIn, legendOf, stepFor, timeOf } from '../../dashboards/preview-query.ts';
import { hostile, incidentOn, smallPack } from './fleet.ts';

const now = Date.UTC(2026, 2, 1, 12);
const hour = 3_600_000;

/** Answers every query with one series of these labels, from 10 up. */
function answering(labels: Labels, asked: RangeQuery[] = []): SeriesSource {
  return {
    async queryRange(query) {
      asked.push(query);
      const count = Math.floor((query.end - query.start) / query.step) + 1;
      const t = Float64Array.from({ length: count }, (_, i) => query.start + i * query.step);
      const series: Series = { labels, t, v: t.map((_, i) => 10 + i) };
      return { series: [series], warnings: [], partial: false };
    },
  };
}

const read = (made: unknown) => readDashboard(JSON.parse(JSON.stringify(made)));

function draw(made: unknown, source: SeriesSource, incidents: readonly string[] = []) {
  const metrics = [{ name: 'prod', source }];
  const sources = { metrics, foreshock: source, scrape: 15_000, said: 'prod, foreshock' };
  return previewOf(read(made), sources, { now, incidents, signal: new AbortController().signal });
}

/** The pictures of a page by the titles of their panels. */
function picturesOf(html: string): Map<string, string> {
  const all = [...html.matchAll(/<section [^>]*>(<svg .*?<\/svg>)<\/section>/gs)].map(match => match[1]!);
  return new Map(all.map(svg => [/<title>(.*?)<\/title>/s.exec(svg)![1]!, svg]));
}

/** The elements and attributes of a page: what a browser would make of it. */
const elementsOf = (html: string) =>
  new Set([...html.matchAll(/<([a-zA-Z][\w-]*)/g)].map(match => match[1]!));

describe('a preview', () => {
  it('is one page that needs nothing beside it', async () => {
    const { html, unanswered } = await draw(packDashboard(smallPack), answering({ service: 'redis' }));
    expect(unanswered).toEqual([]);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(?:src|href)=|@import|url\((?!#)/);
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('asks nobody for the marks that only Grafana holds', async () => {
    const asked: RangeQuery[] = [];
    const { unanswered } = await draw(packDashboard(smallPack), answering({ service: 'redis' }, asked));
    expect(asked.filter(({ query }) => query === '')).toEqual([]);
    expect(unanswered).toEqual([]);
  });

  it('has a picture for each panel, where it stands on the grid, and headings for rows', async () => {
    const { html } = await draw(packDashboard(smallPack), answering({ service: 'redis' }));
    expect([...picturesOf(html).keys()]).toEqual([
      'errors',
      'latency',
      'replicas',
      'disk: used, and how much there is',
    ]);
    expect(html).toContain('grid-column:1/span 12;grid-row:2/span 8');
    expect(html).toContain('>What may run out</h2>');
  });

  it('asks what Grafana would: filled-in intervals, variables at "All", the range of the dashboard', async () => {
    const asked: RangeQuery[] = [];
    await draw(packDashboard(smallPack), answering({}, asked));
    expect(asked[0]!.query).toContain('http_errors_total{code=~"5..",namespace=~".*",service=~".*"}[135s]');
    expect(asked[0]).toMatchObject({ start: now - 6 * hour, end: now, step: 120_000 });
    for (const { query } of asked) expect(query).not.toContain('$');
  });

  it('draws what is expected as an area, limits and forecasts as lines of their own', async () => {
    const { html } = await draw(packDashboard(smallPack), answering({ service: 'redis' }));
    const picture = picturesOf(html).get('latency')!;
    expect(picture).toContain('<title>expected</title><path d="M');
    expect(picture).toContain('fill-opacity');
    expect(picture).not.toContain('>expected, low<');
    const fan = await draw(capacityDashboard([smallPack]), answering({ service: 'redis' }));
    const drawn = picturesOf(fan.html).get('disk: the fullest of those chosen, and what it will be')!;
    expect(drawn.match(/fill-opacity/g)).toHaveLength(2);
    expect(drawn).toContain('<title>limit: 100 %</title>');
    expect(drawn).toContain('<title>now, 2026-03-01 12:00:00 UTC</title>');
  });

  it('says what is full as it is now on a dashboard that reaches beyond now', async () => {
    const asked: RangeQuery[] = [];
    await draw(capacityDashboard([smallPack]), answering({}, asked));
    const instant = asked.filter(({ query }) => query.includes('days_until_full'));
    expect(new Set(instant.map(({ end }) => end))).toEqual(new Set([now]));
    expect(Math.max(...asked.map(({ end }) => end))).toBe(now + 30 * 24 * hour);
  });

  it('makes a table of several queries by their labels, sorted as the panel says', async () => {
    const source: SeriesSource = {
      async queryRange({ query, end }) {
        const of = (service: string, value: number): Series => {
          return {
            labels: { service, class: 'web' },
            t: Float64Array.of(end),
            v: Float64Array.of(query.includes('p_value') ? value / 1e4 : value),
          };
        };
        return { series: [of('calm', 3), of('loud', 9)], warnings: [], partial: false };
      },
    };
    const { html } = await draw(fleetOverview([]), source);
    const cells = [
      ...picturesOf(html)
        .get('Abnormal now')!
        .matchAll(/<text [^>]*>([^<]+)/g),
    ].map(m => m[1]);
    expect(cells.slice(1)).toEqual([
      ...['service', 'class', 'Score', 'By chance'],
      ...['loud', 'web', '9', '0.09 %'],
      ...['calm', 'web', '3', '0.03 %'],
    ]);
  });

  it('lists the incidents that have a dashboard', async () => {
    const { html } = await draw(fleetOverview([]), answering({}), ['Incident 7']);
    expect(picturesOf(html).get('Incidents, a dashboard each')).toContain('>Incident 7<');
  });

  it('draws no line over a gap', async () => {
    const source: SeriesSource = {
      async queryRange({ start, step }) {
        const t = Float64Array.from([0, 1, 2, 50, 51, 52], i => start + i * step);
        return { series: [{ labels: {}, t, v: t.map(() => 1) }], warnings: [], partial: false };
      },
    };
    const { html } = await draw(packDashboard(smallPack), source);
    const [, line] = /<path d="([^"]*)" fill="none" stroke="var\(--chart-1/.exec(
      picturesOf(html).get('errors')!,
    )!;
    expect(line!.match(/M/g)).toHaveLength(2);
  });

  it('says in the panel why there is no answer, and goes on', async () => {
    const source: SeriesSource = {
      queryRange: () => Promise.reject(new Error('answered 503 <b>later</b>')),
    };
    const { html, unanswered, asked } = await draw(fleetOverview([smallPack]), source);
    expect(unanswered).toEqual(['answered 503 <b>later</b>']);
    expect(asked).toBeGreaterThan(10);
    expect(html).toContain('Not answered: answered 503 &lt;b&gt;later&lt;/b&gt;');
  });

  it('says that there is no data where there is none', async () => {
    const source: SeriesSource = {
      queryRange: async () => ({ series: [], warnings: [], partial: false }),
    };
    const { html } = await draw(fleetOverview([smallPack]), source);
    expect(picturesOf(html).get('Days until it is full')).toContain('Nothing fills within the forecast.');
    expect(html).toContain('>No data<');
  });

  it.each(hostile)('is only a picture with the label value %j', async value => {
    const source = answering({ service: value, instance: value, class: value, __name__: value });
    const safe = await draw(incidentDashboard(incidentOn('redis'), context), answering({ service: 'redis' }));
    const made = incidentDashboard(incidentOn(value), context);
    for (const dashboard of [made, fleetOverview([smallPack]), capacityDashboard([smallPack])]) {
      const { html, unanswered } = await draw(dashboard, source, [value]);
      expect(unanswered).toEqual([]);
      const known = new Set([...elementsOf(safe.html), 'circle', 'h2']);
      expect([...elementsOf(html)].filter(name => !known.has(name))).toEqual([]);
      expect(html).not.toContain('\u0000');
      expect(html).not.toMatch(/\p{Surrogate}/u);
      expect(html).not.toMatch(/(?:NaN|undefined|Infinity)[",]/);
    }
  });
});

const context = { packs: [smallPack], pageUrl: 'https://foreshock.example/incidents/1', has: () => true };

describe('what a preview fills in', () => {
  it('reads the times of Grafana, and refuses others with a hint', () => {
    expect(timeOf('now', now)).toBe(now);
    expect(timeOf('now-6h', now)).toBe(now - 6 * hour);
    expect(timeOf('now+30d', now)).toBe(now + 720 * hour);
    expect(timeOf('1700000000000', now)).toBe(1_700_000_000_000);
    expect(timeOf('2026-03-01T00:00:00Z', now)).toBe(now - 12 * hour);
    for (const odd of ['yesterday', '1e300', 'March', '-5', '2026-13-41'])
      expect(() => timeOf(odd, now)).toThrow('write now-6h');
  });

  it('asks in round steps', () => {
    const range = (hours: number) => ({ start: 0, end: hours * hour });
    expect([1, 6, 24, 1440].map(hours => stepFor(range(hours), 300) / 1000)).toEqual([15, 120, 300, 21_600]);
  });

  it('knows the intervals of Grafana, and leaves what it does not know', () => {
    const how = { range: { start: 0, end: hour }, step: 15_000, scrape: 15_000, variables: ['job'] };
    expect(fillIn('rate(x{job=~"$job",y="$z"}[$__rate_interval]) + $__range', how)).toBe(
      'rate(x{job=~".*",y="$z"}[60s]) + 3600s',
    );
  });

  it('names lines as Grafana does', () => {
    expect(legendOf('{{a}}: {{ b }}', { a: '1', b: '{{a}}' })).toBe('1: {{a}}');
    expect(legendOf('__auto', { __name__: 'up', a: '1' })).toBe('up a=1');
    expect(legendOf('__auto', {})).toBe('');
    expect(legendOf('{{constructor}} {{a}}', { a: '1' })).toBe('1');
  });
});
