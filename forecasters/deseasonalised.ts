import type { Course, PathMethod } from './path-method.ts';
import { seasonalPattern, withoutPattern, withPattern } from './seasonal-pattern.ts';

/** Continues what is left of the course without its seasonal pattern, and lays the pattern over the answer. */
export function deseasonalised(inner: PathMethod['path']): PathMethod['path'] {
  return (course: Course, steps: number) => {
    const pattern = seasonalPattern(course.y, course.season);
    if (pattern === undefined || pattern.strength === 0) return inner(course, steps);
    const path = inner({ ...course, y: withoutPattern(course.y, pattern) }, steps);
    return path && withPattern(path, pattern);
  };
}
