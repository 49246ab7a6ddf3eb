import { describe, expect, it } from 'vitest';
import { figurePicture } from '../../charts/figure.ts';
import { type Plot, plotChart } from '../../charts/plot.ts';
import { tablePicture } from '../../charts/table.ts';
import { wordsPicture } from '../../charts/words.ts';

const minute = 60_000;
const t = Float64Array.from({ length: 60 }, (_, i) => i * minute);
const line = {
  t,
  v: t.map((_, i) => i),
  label: 'a',
  value: '59',
  colour: 'red',
  width: 1.5,
  dash: '',
};
const plot: Plot = {
  title: 'load',
  width: 600,
  height: 240,
  start: 0,
  end: 59 * minute,
  lines: [line],
  bands: [],
  limits: [],
  marks: [],
  say: String,
  none: 'No data',
};

const textsOf = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)/g)].map(match => match[1]!);
/** Highest and lowest place of a line in the picture. */
const heights = (svg: string) => {
  const [, d = ''] = /<path d="(M[^"Z]*)" fill="none" stroke="red"/.exec(svg) ?? [];
  const ys = [...d.matchAll(/,([\d.]+)/g)].map(match => Number(match[1]));
  return { top: Math.min(...ys), bottom: Math.max(...ys) };
};

describe('a plot', () => {
  it('has a heading, axes with what values are called, and a legend', () => {
    const texts = textsOf(plotChart({ ...plot, say: value => `${value} B` }));
    expect(texts[0]).toBe('load');
    expect(texts).toContain('40 B');
    expect(texts).toContain('00:30');
    expect(texts.at(-1)).toBe('a');
  });

  it('has room for long words at its axis', () => {
    const words = (said: string) => {
      const drawn = plotChart({ ...plot, say: value => `${value} ${said}` });
      const [, x = ''] = /<text x="([\d.]+)"[^>]*>40 /.exec(drawn) ?? [];
      return Number(x);
    };
    expect(words('B')).toBe(60);
    expect(words('packets/s')).toBeGreaterThan(6 * '40 packets/s'.length);
    expect(words('x'.repeat(500))).toBeLessThan(plot.width / 2);
  });

  it('begins at 0 unless told, and keeps to the least and most that it is told', () => {
    const high = { ...line, v: t.map((_, i) => 100 + i) };
    expect(textsOf(plotChart({ ...plot, lines: [high] }))).toContain('0');
    const texts = textsOf(plotChart({ ...plot, min: 100, max: 200 }));
    expect(texts).not.toContain('0');
  });

  it('is not pressed flat by a wild area, nor by a limit far above', () => {
    const wild = t.map(() => 1e9);
    const band = { t, low: wild.map(() => 0), high: wild, label: 'expected', colour: 'blue' };
    const drawn = heights(plotChart({ ...plot, bands: [band], limits: [{ value: 1e7, label: 'limit' }] }));
    expect(drawn.bottom - drawn.top).toBeGreaterThan(40);
  });

  it('shows a limit that is near', () => {
    expect(plotChart({ ...plot, limits: [{ value: 90, label: 'limit: 90' }] })).toContain('limit: 90');
    expect(plotChart({ ...plot, limits: [{ value: 900, label: 'limit: 900' }] })).not.toContain('limit: 900');
  });

  it('says how many lines the legend leaves out', () => {
    const lines = Array.from({ length: 50 }, (_, k) => ({ ...line, label: `instance-${k}.example.org` }));
    expect(textsOf(plotChart({ ...plot, lines })).at(-1)).toMatch(/^and \d+ more$/);
  });

  it('draws a lone sample, and marks only moments that it shows', () => {
    const lone = { ...line, t: [minute], v: [5] };
    expect(plotChart({ ...plot, lines: [lone] })).toContain('<circle');
    const marks = [minute, 1e9].map(at => ({ t: at, label: `at ${at}`, colour: 'red' }));
    const svg = plotChart({ ...plot, marks });
    expect(svg).toContain('at 60000, ');
    expect(svg).not.toContain('at 1000000000, ');
  });

  it('says why there is nothing, and survives what is no number', () => {
    expect(plotChart({ ...plot, lines: [] })).toContain('>No data<');
    for (const v of [Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1e308, 0]) {
      const svg = plotChart({ ...plot, lines: [{ ...line, v: t.map(() => v) }] });
      expect(svg).not.toMatch(/[",ML](?:NaN|-?Infinity)/);
    }
    expect(() => plotChart({ ...plot, width: Number.NaN })).toThrow(RangeError);
  });
});

describe('a table', () => {
  const columns = ['who', 'what', 'how much'].map(title => ({ title, right: title === 'how much' }));
  const table = { title: 'T', width: 500, height: 120, columns, rows: [['a', 'b', '1']], none: 'Nothing' };

  it('has a row a row, and says how many do not fit', () => {
    expect(textsOf(tablePicture(table))).toEqual(['T', 'who', 'what', 'how much', 'a', 'b', '1']);
    const rows = Array.from({ length: 40 }, (_, k) => [`row ${k}`, '', '']);
    const texts = textsOf(tablePicture({ ...table, rows }));
    expect(texts.at(-1)).toMatch(/^and 3\d more$/);
    expect(textsOf(tablePicture({ ...table, rows: [] })).at(-1)).toBe('Nothing');
  });

  it('cuts a long cell and tells it whole to the pointer', () => {
    const long = 'x'.repeat(400);
    const svg = tablePicture({ ...table, rows: [[long, 'b', '1']] });
    expect(svg).toContain(`…<title>${long}</title>`);
    expect(svg).toMatch(/>b<\/text>/);
  });
});

describe('words', () => {
  it('are wrapped, bold where told, and cut where there is no more room', () => {
    const paragraph = [
      { text: 'first', bold: true },
      { text: ` ${'word '.repeat(60)}${'y'.repeat(300)}`, bold: false },
    ];
    const svg = wordsPicture({ title: 'W', width: 300, height: 200, paragraphs: [paragraph] });
    expect(svg).toContain('<tspan font-weight="600">first</tspan>');
    const lines = svg.match(/<text x="12" y="[^"]*" xml:space/g)!;
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThan(11);
  });
});

describe('a figure', () => {
  it('is as large as fits', () => {
    const sizeOf = (said: string) =>
      Number(
        /font-size="([\d.]+)" font-weight="600" fill/.exec(
          figurePicture({ title: 'F', width: 200, height: 120, said, colour: 'red' }),
        )![1],
      );
    expect(sizeOf('5')).toBeGreaterThan(40);
    expect(sizeOf('nothing fills within the forecast')).toBeLessThan(12);
  });
});
