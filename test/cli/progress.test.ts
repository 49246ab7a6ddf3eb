import { expect, it } from 'vitest';
import { paintFor } from '../../cli/paint.ts';
import { createProgress } from '../../cli/progress.ts';

function run(terminal: boolean, steps: number): string[] {
  const lines: string[] = [];
  let now = 0;
  const progress = createProgress({
    what: 'passes',
    total: steps,
    clock: () => now,
    write: text => lines.push(text),
    terminal,
  });
  for (let i = 0; i < steps; i++) {
    now += 100;
    progress.step();
  }
  progress.end();
  return lines;
}

it('says each tenth in a file, with the time that is left', () => {
  const lines = run(false, 1000);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('passes: 100 of 1000 (10 %), 1 min 30 s left\n');
  expect(lines.join('')).not.toContain('\u001b');
});

it('writes one line over and over on a terminal, not more often than it can be read', () => {
  const lines = run(true, 100);
  expect(lines.length).toBeLessThan(50);
  expect(lines.at(-1)).toBe('\r\u001b[K');
  expect(lines.every(line => line.startsWith('\r') && !line.includes('\n'))).toBe(true);
});

it.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { TERM: 'dumb' }, false],
  [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('a terminal: %s, with %j, is painted: %s', (isTTY, env, painted) => {
  expect(paintFor({ isTTY }, env).red('x') !== 'x').toBe(painted);
});
