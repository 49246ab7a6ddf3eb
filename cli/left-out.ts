/** The limit (`limits.` in the config) that a class is over, so that it is not watched, and the reason in words. */
export interface LeftOut {
  readonly limit: 'series' | 'samples_per_query';
  readonly reason: string;
}
