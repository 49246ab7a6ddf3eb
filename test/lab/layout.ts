import path from 'node:path';

/** One instance of a lab service: its name in metrics and logs, and its port on loopback. */
export interface Target {
  readonly service: string;
  readonly instance: string;
  readonly port: number;
}

/** Where one lab lives: every port follows from one base port, every path from one folder. */
export interface Layout {
  readonly dir: string;
  readonly nginx: number;
  readonly redis: number;
  readonly prometheus: number;
  readonly alertmanager: number;
  readonly webhook: number;
  readonly exporters: { readonly node: number; readonly redis: number; readonly nginx: number };
  readonly services: readonly Target[];
  file(name: string): string;
}

/** Makes the layout; labs with base ports 100 apart never meet. */
export function layout(base: number, dir: string): Layout {
  const target = (service: string, n: number, port: number): Target => ({
    service,
    instance: `${service}-${n}:8080`,
    port: base + port,
  });
  return {
    dir,
    nginx: base,
    redis: base + 31,
    prometheus: base + 90,
    alertmanager: base + 93,
    webhook: base + 50,
    exporters: { node: base + 40, redis: base + 41, nginx: base + 42 },
    services: [
      target('catalog', 1, 21),
      target('checkout', 1, 11),
      target('checkout', 2, 12),
      target('frontend', 1, 1),
      target('frontend', 2, 2),
    ],
    file: name => path.join(dir, name),
  };
}
