import { describe, expect, it } from 'vitest';
import type { ForecastFan } from '../../charts/forecast-course.ts';
import { forecastFan } from '../../charts/forecast-fan.ts';
import type { Mark, Paint, Picture } from '../../charts/forecast-picture.ts';
import { pictureSvg } from '../../charts/forecast-svg.ts';
import { calendarOf } from '../../core/say-day.ts';

const day = 86_400_000;
const madeAt = Date.UTC(2026, 10, 30, 7);

/** 30 days of 60 to 89, a forecast of 30 days that goes on to 119. */
function fanOf(given: Partial<ForecastFan> = {}): ForecastFan {
  const t = Float64Array.from({ length: 30 }, (_, k) => madeAt - (29 - k) * day);
  const ahead = Float64Array.from({ length: 30 }, (_, k) => madeAt + (k + 1) * day);
  const yhat = ahead.map((_, k) => 90 + k);
  const interval = (level: number, width: number) => ({
    level,
    lower: yhat.map(y => y - width),
    upper: yhat.map(y => y + width),
  });
  return {
    title: 'Filesystem of db',
    unit: 'short',
    history: { t, v: t.map((_, k) => 60 + k), step: day },
    forecast: { t: ahead, yhat, intervals: [interval(0.8, 5), interval(0.95, 9)] },
    limit: 100,
    fill: { median: madeAt + 11 * day, earliest: madeAt + 8 * day, latest: madeAt + 15 * day, chance: 0.9 },
    madeAt,
    calendar: calendarOf('Europe/Berlin', madeAt),
    width: 600,
    height: 200,
    fontSize: 11,
    ...given,
  };
}

const textsOf = ({ marks }: Picture) => marks.flatMap(mark => (mark.kind === 'text' ? [mark.text] : []));
const pathsOf = ({ marks }: Picture, paint: Paint) =>
  marks.filter(mark => mark.kind === 'path').filter(({ stroke, fill }) => stroke === paint || fill === paint);
const pointsOf = ({ d }: Extract<Mark, { kind: 'path' }>) =>
  [...d.matchAll(/[ML]([-\d.]+),([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

describe('the picture of a forecast', () => {
  const picture = forecastFan(fanOf());

  it('has the limit, its date and now, in words', () => {
    expect(textsOf(picture)).toEqual(
      expect.arrayContaining([
        'limit 100',
        'full on 11 December',
        'now',
        'measured',
        'forecast',
        '80 %',
        '95 %',
      ]),
    );
  });

  it('is read without colours: each line differs in dash or width', () => {
    const looks = [
      pathsOf(picture, 'measured')[0]!,
      pathsOf(picture, 'forecast').find(({ dash }) => dash[0] === 5)!,
      pathsOf(picture, 'limit')[0]!,
      pathsOf(picture, 'quiet')[0]!,
    ].map(({ dash, width }) => `${dash.join(' ')}/${width}`);
    expect(new Set(looks).size).toBe(looks.length);
    const edges = pathsOf(picture, 'forecast').filter(({ width }) => width === 0.8);
    expect(new Set(edges.map(({ dash }) => dash.join(' '))).size).toBe(2);
  });

  it('marks the date on the limit, where the forecast crosses it', () => {
    const [limit] = pathsOf(picture, 'limit').map(pointsOf);
    const diamond = pathsOf(picture, 'paper').map(pointsOf)[0]!;
    const [x, y] = [diamond[0]![0], diamond[1]![1]];
    expect(y).toBe(limit![0]![1]);
    const line = pathsOf(picture, 'forecast')
      .filter(({ dash }) => dash[0] === 5)
      .map(pointsOf)[0]!;
    const nearest = line.reduce((a, b) => (Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a));
    expect(Math.abs(nearest[1] - y)).toBeLessThan(2);
  });

  it('says all that in its description', () => {
    expect(picture.about).toBe(
      'Measured from 1 November to 30 November between 60 and 89, last 89. The forecast for 30 December is 119, 80 % between 114 and 124. The limit is 100. It is full on 11 December.',
    );
    expect(pictureSvg(picture)).toContain(`<desc>${picture.about}</desc>`);
  });

  it('stays inside of its frame whatever the values are', () => {
    const wild = fanOf({ limit: 1e12 });
    wild.forecast.intervals[1]!.upper.fill(1e30);
    wild.forecast.intervals[1]!.lower.fill(-1e30);
    for (const fan of [fanOf(), wild, fanOf({ fill: { median: 0, earliest: 0, latest: 9e15, chance: 1 } })]) {
      const points = forecastFan(fan).marks.flatMap(mark =>
        mark.kind === 'path' ? pointsOf(mark) : [[mark.x, mark.y] as const],
      );
      for (const [x, y] of points) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(600);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(200);
      }
    }
  });

  it('says a limit that is far above instead of pressing the line flat', () => {
    const far = forecastFan(fanOf({ limit: 10_000 }));
    expect(textsOf(far)).toContain('limit 10000, far above this picture');
    expect(pathsOf(far, 'limit')).toEqual([]);
  });

  it('breaks at gaps and keeps peaks of a long history', () => {
    const gap = fanOf();
    gap.history.v[10] = Number.NaN;
    expect(pathsOf(forecastFan(gap), 'measured')).toHaveLength(3);
    const t = Float64Array.from({ length: 50_000 }, (_, k) => madeAt - (50_000 - k) * 60_000);
    const v = t.map(() => 50);
    v[25_000] = 95;
    const long = forecastFan(fanOf({ history: { t, v, step: 60_000 } }));
    const [line] = pathsOf(long, 'measured').map(pointsOf);
    expect(line!.length).toBeLessThan(1300);
    const [top] = line!.map(([, y]) => y).sort((a, b) => a - b);
    expect(top).toBeLessThan(line![0]![1] - 30);
  });

  it.each([
    ['nothing is known', { history: { t: new Float64Array(), v: new Float64Array(), step: day } }],
    ['all is zero', { history: { t: Float64Array.of(madeAt), v: Float64Array.of(0), step: day } }],
    ['no limit is known', { limit: Number.NaN, fill: undefined }],
    ['nothing is forecast', { forecast: { t: new Float64Array(), yhat: new Float64Array(), intervals: [] } }],
    [
      'all samples are missing',
      { history: { t: Float64Array.of(madeAt), v: Float64Array.of(Number.NaN), step: day } },
    ],
  ])('is drawn when %s', (_, given) => {
    const svg = pictureSvg(forecastFan(fanOf(given)));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has ticks at the beginnings of days in the zone of the reader, over a change of the clocks', () => {
    const autumn = Date.UTC(2026, 9, 26, 12);
    const t = Float64Array.from({ length: 8 }, (_, k) => autumn - (7 - k) * day);
    const fan = fanOf({
      history: { t, v: t.map(() => 1), step: day },
      forecast: { t: new Float64Array(), yhat: new Float64Array(), intervals: [] },
      madeAt: autumn,
    });
    const days = textsOf(forecastFan(fan)).filter(text => / Oct$/.test(text));
    expect(days).toEqual(['20 Oct', '21 Oct', '22 Oct', '23 Oct', '24 Oct', '25 Oct', '26 Oct']);
  });

  it('has no style attribute and no text of others as markup', () => {
    const svg = pictureSvg(forecastFan(fanOf({ title: '<script>"&' })));
    expect(svg).not.toMatch(/style=|<script/);
  });

  it('refuses a size that is too small', () => {
    expect(() => forecastFan(fanOf({ width: 10 }))).toThrow(RangeError);
  });
});
