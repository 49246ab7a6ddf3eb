import type { PathMethod } from './path-method.ts';
import { prophet } from './prophet.ts';

/** What it must span: on shorter histories its straight trend errs by a third more than the others (measured). */
const leastSpan = 365 * 86_400_000;
const longest = 3000;
const fitted = prophet.create(prophet.options.parse({}));

/** Prophet with its default options as one voice among others: it alone knows years and bends of the trend. */
export const calendarTrend: PathMethod = {
  name: 'prophet',
  summary: 'A trend that bends and the seasons of the calendar (Taylor, Letham 2018).',
  path(course, steps) {
    const from = Math.max(0, course.y.length - longest);
    const t = course.t.subarray(from);
    if (!(t[t.length - 1]! - t[0]! >= leastSpan)) return undefined;
    const step = (t[t.length - 1]! - t[0]!) / (t.length - 1);
    const model = fitted.fit({ t, v: course.y.subarray(from), step }, []);
    return 'unfit' in model ? undefined : model.forecast(steps, []).yhat;
  },
};
