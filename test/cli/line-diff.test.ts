import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffLines } from '../../cli/line-diff.ts';
import { temporaryFile } from './command.ts';

const text = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('');

it('tells what differs with three lines around it, as patches do', () => {
  const before = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
  const after = before.map(line => (line === 'line 10' ? 'line ten' : line));
  expect(diffLines(text(before), text([...after, 'end']))).toEqual([
    ...['@@ -7,7 +7,7 @@', ' line 7', ' line 8', ' line 9', '-line 10', '+line ten'],
    ...[' line 11', ' line 12', ' line 13', '@@ -18,3 +18,4 @@', ' line 18', ' line 19', ' line 20', '+end'],
  ]);
  expect(diffLines(text(before), text(before))).toEqual([]);
});

it('makes patches that bring the one text to the other, with no line too many', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 25 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = diffLines(text(before), text(after));
      const kept = (side: string) =>
        diff.filter(line => !line.startsWith('@') && !line.startsWith(side)).length;
      const changed = diff.filter(line => /^[+-]/.test(line)).length;
      expect(kept('+') - kept('-')).toBe(before.length - after.length);
      expect(changed).toBe(before.length + after.length - 2 * common(before, after));
    }),
  );
});

it('is a patch that the program patch takes', () => {
  const [before, after] = [text(['a', 'b', 'c', 'b', 'a']), text(['x', 'b', 'b', 'a', 'y'])];
  const file = temporaryFile('before', before);
  const input = `--- a\n+++ b\n${text(diffLines(before, after))}`;
  const patched = spawnSync('patch', [file, '-o', '-', '-s'], { input, encoding: 'utf8' });
  if (patched.error === undefined) expect(patched.stdout).toBe(after);
});

it('replaces as a whole what differs in thousands of lines', () => {
  const many = (word: string) => text(Array.from({ length: 3000 }, (_, i) => `${word} ${i}`));
  expect(diffLines(many('a'), many('b'))).toHaveLength(6001);
});

/** Length of the longest common subsequence, by the table. */
function common(a: readonly string[], b: readonly string[]): number {
  const table = a.map(() => b.map(() => 0));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      table[i]![j] = x === y ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
    });
  });
  return at(a.length - 1, b.length - 1);
}
