/** A line that both texts have, or that one of them has. */
interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/** Beyond so many edits a part is told as replaced as a whole. */
const mostEdits = 1000;
const context = 3;

/**
 * A shortest way from one list of lines to another: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (Algorithmica 1986), section 3. `reach[k]` is how far the furthest path of d edits on diagonal k = x - y comes.
 */
function shortestEdits(before: readonly string[], after: readonly string[]): readonly Edit[] | undefined {
  const most = Math.min(before.length + after.length, mostEdits);
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(reach.slice());
    for (let k = -d; k <= d; k += 2) {
      const at = most + 1 + k;
      let x = comesDown(reach, { at, k, d }) ? reach[at + 1]! : reach[at - 1]! + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      reach[at] = x;
      if (x >= before.length && x - k >= after.length) return walkBack(before, after, { trace, most });
    }
  }
  return undefined;
}

function comesDown(
  reach: Int32Array,
  { at, k, d }: { readonly at: number; readonly k: number; readonly d: number },
) {
  return k === -d || (k !== d && reach[at - 1]! < reach[at + 1]!);
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  { trace, most }: { readonly trace: readonly Int32Array[]; readonly most: number },
): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const [reach, k] = [trace[d]!, x - y];
    const at = most + 1 + k;
    const down = comesDown(reach, { at, k, d });
    const fromX = down ? reach[at + 1]! : reach[at - 1]!;
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (d > 0 ? x > fromX && y > fromY : x > 0 && y > 0) {
      edits.push({ kind: ' ', line: before[--x]! });
      y--;
    }
    if (d === 0) break;
    if (down) edits.push({ kind: '+', line: after[--y]! });
    else edits.push({ kind: '-', line: before[--x]! });
  }
  return edits.reverse();
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function editsOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const shorter = Math.min(before.length, after.length);
  let [head, tail] = [0, 0];
  while (head < shorter && before[head] === after[head]) head++;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [old, fresh] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const as = (kind: Edit['kind'], lines: readonly string[]) => lines.map((line): Edit => ({ kind, line }));
  return [
    ...as(' ', before.slice(0, head)),
    ...(shortestEdits(old, fresh) ?? [...as('-', old), ...as('+', fresh)]),
    ...as(' ', before.slice(before.length - tail)),
  ];
}

/** What differs between two texts, as a unified diff without the names of files; no line when nothing does. */
export function diffLines(before: string, after: string): readonly string[] {
  const edits = editsOf(linesOf(before), linesOf(after));
  const hunks: { from: number; to: number }[] = [];
  edits.forEach(({ kind }, i) => {
    if (kind === ' ') return;
    const [from, to] = [Math.max(0, i - context), Math.min(edits.length, i + context + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  });
  let [old, fresh, read] = [0, 0, 0];
  const count = (until: number, side: Edit['kind']) => {
    let lines = 0;
    for (let i = read; i < until; i++) if (edits[i]!.kind !== side) lines++;
    return lines;
  };
  return hunks.flatMap(({ from, to }) => {
    old += count(from, '+');
    fresh += count(from, '-');
    read = from;
    const [olds, freshes] = [count(to, '+'), count(to, '-')];
    const place = (start: number, lines: number) => `${lines === 0 ? start : start + 1},${lines}`;
    const head = `@@ -${place(old, olds)} +${place(fresh, freshes)} @@`;
    old += olds;
    fresh += freshes;
    read = to;
    return [head, ...edits.slice(from, to).map(({ kind, line }) => `${kind}${line}`)];
  });
}
