const day = 86_400_000;

/** Steps of a day, at least 1. */
export function stepsOfDay(step: number): number {
  return Math.max(1, Math.round(day / step));
}

/**
 * The steps after which a pattern may repeat: a week of days, a day of shorter steps, a year of weeks or months; 1 where
 * the history holds less than two of them.
 */
export function seasonOf(step: number, length: number): number {
  const season =
    step < day / 2
      ? Math.round(day / step)
      : step < 2 * day
        ? Math.round((7 * day) / step)
        : step <= 31 * day
          ? Math.round((365.25 * day) / step)
          : 1;
  return season >= 2 && length >= 2 * season ? season : 1;
}
