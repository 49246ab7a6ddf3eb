import { describe, expect, it } from 'vitest';
import { lineChart } from '../../charts/line.ts';

const base = { title: 'Latency', unit: 's', width: 400, height: 160, start: 0, end: 600_000 };
const t = [0, 60_000, 120_000, 180_000, 240_000];
const hostile = '</text><script>alert("1")</script>\u0000\ud800 & \'x\'';

describe('lineChart', () => {
  it('leaves a gap where samples are missing', () => {
    const path = (v: number[]) =>
      /<path d="(M[^"]*)" fill="none"/.exec(lineChart({ ...base, lines: [{ t, v, label: 'a' }] }))![1]!;
    expect(path([1, 2, 3, 4, 5]).match(/M/g)).toHaveLength(1);
    expect(path([1, 2, Number.NaN, 4, 5]).match(/M/g)).toHaveLength(2);
  });

  it('can be read by a screen reader', () => {
    const svg = lineChart({ ...base, lines: [{ t, v: [1, 2, 3, 4, 5], label: 'p99' }] });
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title>Latency</title>');
    expect(svg).toMatch(/<desc>.*p99: 5 samples from 1 s to 5 s, last 5 s/);
  });

  it('lets no label break out', () => {
    const svg = lineChart({
      ...base,
      title: hostile,
      unit: hostile,
      lines: [
        { t, v: t, label: hostile },
        { t, v: t, label: hostile },
      ],
      marks: [{ t: 1, label: hostile }],
    });
    expect(svg).not.toContain('<script');
    for (const char of ['\u0000', '\ud800']) expect(svg.includes(char)).toBe(false);
  });

  it('tells lines apart without colour and draws the band', () => {
    const lines = [
      { t, v: t, label: 'a' },
      { t, v: t, label: 'b' },
    ];
    const svg = lineChart({ ...base, lines, band: { t, low: [0, 0, 0, 0, 0], high: t } });
    expect(svg).toContain('stroke-dasharray="6 3"');
    expect(svg).toContain('expected range');
    expect(svg).toContain('viewBox="0 0 400 160"');
  });

  it('writes no NaN for empty, flat, or unfinished input', () => {
    for (const v of [[], [7, 7, 7, 7, 7], [Number.NaN], [Number.POSITIVE_INFINITY, 1]])
      expect(lineChart({ ...base, lines: [{ t: t.slice(0, v.length), v, label: 'x' }] })).not.toMatch(
        /NaN|Infinity/,
      );
    expect(lineChart({ ...base, end: 0, lines: [] })).not.toContain('NaN');
  });

  it('refuses a size that is no number', () => {
    expect(() => lineChart({ ...base, width: Number.NaN, lines: [] })).toThrow(
      'width of a chart must be a finite',
    );
  });
});
