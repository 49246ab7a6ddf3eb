import type { Frame } from '../core/batch.ts';
import { type CsvFrame, parseMetricsCsv } from './csv.ts';
import { InputError } from './exit.ts';

/** `service{signal}`: the signal stands in the last braces, the service may hold any sign before them. */
export function parseServiceSignal(text: string): { service: string; signal: string } | undefined {
  const parts = /^(.*\S)\s*\{([^{}]+)\}$/s.exec(text.trim());
  if (parts === null) return undefined;
  return { service: parts[1]!, signal: parts[2]!.trim() };
}

/** A metrics CSV with the columns `timestamp,<service>{<signal>},...`: one frame a service, all on the same times. */
export interface ServiceMetrics {
  readonly t: Float64Array;
  readonly frames: readonly Frame[];
  /** Infinite values, which were read as missing. */
  readonly infinite: number;
}

/** Reads metrics by service; a column of another shape is an InputError with file, line and column. */
export function parseServiceMetrics(text: string, file: string): ServiceMetrics {
  const csv = parseMetricsCsv(text, file);
  const services = new Map<string, { signals: string[]; columns: Float64Array[] }>();
  for (const [k, name] of csv.signals.entries()) {
    const parts = parseServiceSignal(name);
    if (parts === undefined)
      throw new InputError(
        `${file}:1:${columnOf(text, csv, k)}: column "${name.slice(0, 80)}" must be <service>{<signal>}, like checkout{latency_p99}`,
      );
    const { signals, columns } = services.get(parts.service) ?? { signals: [], columns: [] };
    signals.push(parts.signal);
    columns.push(csv.columns[k]!);
    services.set(parts.service, { signals, columns });
  }
  const frames = [...services].map(([service, rest]) => ({
    entity: { service },
    step: 0,
    t: csv.t,
    ...rest,
  }));
  return { t: csv.t, frames, infinite: csv.infinite };
}

/** Where the k-th signal's name begins in the first line, from 1. */
function columnOf(text: string, { signals }: CsvFrame, k: number): number {
  let from = text.indexOf(',') + 1;
  for (const name of signals.slice(0, k))
    from = text.indexOf(',', text.indexOf(name, from) + name.length) + 1;
  return from + 1;
}
