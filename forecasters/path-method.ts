/** What a method that needs no clock continues: equally spaced values without gaps, and the steps of their season. */
export interface Course {
  /** Time of each value, ms. */
  readonly t: Float64Array;
  readonly y: Float64Array;
  /** Steps after which a pattern may repeat; 1: none. */
  readonly season: number;
  /** Steps of a day, at least 1. */
  readonly day: number;
}

/** One way of continuing a course; deterministic, and it keeps nothing. */
export interface PathMethod {
  readonly name: string;
  readonly summary: string;
  /** The `steps` values after the course, or undefined when it is too short for this method. */
  path(course: Course, steps: number): Float64Array | undefined;
}
