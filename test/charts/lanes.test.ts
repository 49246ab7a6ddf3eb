import { describe, expect, it } from 'vitest';
import { laneChart, type MarkLane } from '../../charts/lanes.ts';
import { lineChart } from '../../charts/line.ts';

const start = Date.UTC(2026, 2, 1, 10);
const minute = 60_000;
const end = start + 60 * minute;

const changes = (...minutes: readonly number[]): MarkLane => ({
  name: 'changes',
  shape: 'diamond',
  marks: minutes.map((at, i) => ({
    t: start + at * minute,
    label: String(i + 1),
    text: `deploy ${i + 1}`,
    href: `#mark-${i + 1}`,
  })),
});
const drawn = (
  lanes: Parameters<typeof laneChart>[0]['lanes'],
  rules: Parameters<typeof laneChart>[0]['rules'] = [],
) => laneChart({ title: 'what happened', width: 640, start, end, lanes, rules });

describe('lanes of marks', () => {
  it('a mark leads on, and says in words what it is and when', () => {
    expect(drawn([changes(10)])).toMatch(
      /<a href="#mark-1" aria-label="changes: deploy 1, 2026-03-01 10:10:00 UTC">/,
    );
  });

  it('marks that would cover one another are one, named from the first to the last', () => {
    const picture = drawn([changes(10, 10.2, 10.4, 40)]);
    expect([...picture.matchAll(/<a href="([^"]*)"/g)].map(found => found[1])).toEqual([
      '#mark-1',
      '#mark-4',
    ]);
    expect(picture).toContain('>1–3</text>');
  });

  it('a moment stands at the same place in lanes and in a line chart of one width and range', () => {
    const rules = [{ t: start + 20 * minute, label: 'began', begun: true }];
    const chart = { title: 'latency', unit: 's', width: 640, height: 100, start, end, rules };
    const t = [start, end];
    const at = (picture: string) => /class="rule" x1="([\d.]+)"/.exec(picture)?.[1];
    expect(at(drawn([changes()], rules))).toBe(
      at(lineChart({ ...chart, lines: [{ t, v: [1, 2], label: 'p95' }] })),
    );
  });

  it('names of moments that lie close together stand one below the other', () => {
    const near = ['first sign', 'began'].map((label, i) => ({
      t: start + (20 + i / 10) * minute,
      label,
      begun: i > 0,
    }));
    const heights = [...drawn([changes()], near).matchAll(/y="(\d+)" text-anchor="middle" font-weight/g)];
    expect(new Set(heights.map(found => found[1])).size).toBe(2);
  });

  it('counts are bars as high as they are many, and none is lost between two pixels', () => {
    const t = Float64Array.from({ length: 3600 }, (_, i) => start + i * 1000);
    const picture = drawn([{ name: 'errors', t, v: t.map((_, i) => (i === 1800 ? 1 : 0)) }]);
    expect(picture.match(/<rect /g)).toHaveLength(1);
    expect(picture).toContain('errors: 1 in all');
  });

  it('what others wrote is text, and a number that is none is refused', () => {
    const marks = [{ t: start, label: '"><script>', text: '</title><script>alert(1)</script>' }];
    expect(drawn([{ name: '<b>', shape: 'bar', marks }])).not.toMatch(/<script|<b>/);
    const chart = { title: '', width: Number.NaN, start, end, lanes: [], rules: [] };
    expect(() => laneChart(chart)).toThrow(/width of a chart must be a finite number/);
  });
});
