declare module 'd3-scale' {
  export interface ContinuousScale {
    (value: number | Date): number;
    domain(values: readonly (number | Date)[]): this;
    range(values: readonly number[]): this;
    nice(count?: number): this;
    ticks(count?: number): number[];
    tickFormat(count?: number): (value: number) => string;
  }
  export interface TimeScale {
    (value: number | Date): number;
    domain(values: readonly (number | Date)[]): this;
    range(values: readonly number[]): this;
    ticks(count?: number): Date[];
  }
  export function scaleLinear(): ContinuousScale;
  export function scaleUtc(): TimeScale;
}

declare module 'd3-time-format' {
  export function utcFormat(specifier: string): (date: Date) => string;
}
