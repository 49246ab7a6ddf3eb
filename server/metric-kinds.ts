import { Counter, Gauge, type Registry } from 'prom-client';

type Named = { readonly name: string; readonly help: string };

/** A counter of a registry. */
export function counter<L extends string>(
  registry: Registry,
  named: Named,
  labelNames: readonly L[],
): Counter<L> {
  return new Counter({ ...named, labelNames, registers: [registry] });
}

/** A gauge of a registry. */
export function gauge<L extends string>(
  registry: Registry,
  named: Named,
  labelNames: readonly L[],
): Gauge<L> {
  return new Gauge({ ...named, labelNames, registers: [registry] });
}
