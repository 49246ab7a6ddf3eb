import { createRandom } from '../core/random.ts';

/** Draws lines of a made-up log, one after another. */
export interface LineMaker {
  line(): string;
}

type Random = () => number;

const syllables =
  'ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo ya ze bra cle dri flo gru ple sta tri vol'.split(
    ' ',
  );

function wordOf(random: Random): string {
  const count = 2 + Math.floor(random() * 3);
  return Array.from({ length: count }, () => syllables[Math.floor(random() * syllables.length)]!).join('');
}

const values: readonly ((random: Random) => string)[] = [
  random => String(Math.floor(random() * 100_000)),
  random =>
    `10.${Math.floor(random() * 250)}.${Math.floor(random() * 250)}.7:${Math.floor(random() * 60_000)}`,
  random => `blk_${Math.floor(random() * 1e15)}`,
  random => `/var/lib/app/part-${Math.floor(random() * 1000)}/data.db`,
  random => `0x${Math.floor(random() * 2 ** 32).toString(16)}`,
  random => `${(random() * 900).toFixed(2)} ms`,
  random => `user${Math.floor(random() * 5000)}@example.org`,
  random => `id=${Math.floor(random() * 1e9)}`,
];

/** Words and places of a template; a place is the number of its kind of value. */
type Shape = readonly (string | number)[];

function shapeOf(random: Random): Shape {
  const length = 4 + Math.floor(random() * 9);
  return Array.from({ length }, (_, k) =>
    k > 0 && random() < 0.3 ? Math.floor(random() * values.length) : wordOf(random),
  );
}

const levels = ['INFO', 'INFO', 'INFO', 'INFO', 'WARN', 'ERROR', 'DEBUG'];
const two = (n: number) => String(n).padStart(2, '0');

/** A log of so many templates, common ones and rare ones, with time, level, thread and class before each message. */
export function createLineMaker(templates: number, seed: number, linesPerSecond = 100): LineMaker {
  const random = createRandom(seed);
  const shapes = Array.from({ length: templates }, () => shapeOf(random));
  const classes = Array.from({ length: 40 }, () => `org.example.${wordOf(random)}.${wordOf(random)}`);
  let second = 0;
  return {
    line() {
      second += random() < 1 / linesPerSecond ? 1 : 0;
      const shape = shapes[Math.floor(random() ** 2 * shapes.length)]!;
      const message = shape.map(part => (typeof part === 'string' ? part : values[part]!(random))).join(' ');
      const clock = `${two(Math.floor(second / 3600) % 24)}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
      const level = levels[Math.floor(random() * levels.length)]!;
      const name = classes[Math.floor(random() * classes.length)]!;
      return `2026-01-05 ${clock},${100 + Math.floor(random() * 900)} ${level} [worker-${Math.floor(random() * 16)}] ${name}: ${message}`;
    },
  };
}
