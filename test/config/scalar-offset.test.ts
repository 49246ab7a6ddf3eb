import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isMap, isScalar, parseDocument, Scalar, stringify } from 'yaml';
import { offsetInSource } from '../../config/scalar-offset.ts';

const styles = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;
const words = fc.array(
  fc.oneof(
    fc.string({ minLength: 1, maxLength: 8 }),
    fc.constantFrom('\n', ' ', '"', "'", '\\', '{a="b"}', 'é', '\t'),
  ),
  { maxLength: 30 },
);

it('every character of a string is found where it is written, in every style of YAML', () => {
  fc.assert(
    fc.property(words, fc.constantFrom(...styles), (parts, type) => {
      const scalar = new Scalar(parts.join(''));
      scalar.type = type;
      const text = stringify({ key: scalar }, { lineWidth: 30 });
      const { contents } = parseDocument(text);
      const node: unknown = isMap(contents) ? contents.get('key', true) : undefined;
      if (!isScalar(node) || typeof node.value !== 'string' || node.range == null) return;
      const source = text.slice(node.range[0], node.range[1]);
      const { value } = node;
      for (let offset = 0; offset < value.length; offset++) {
        const char = String.fromCodePoint(value.codePointAt(offset)!);
        if (/\s/.test(char) || /[\ud800-\udfff]/.test(char)) continue;
        const at = offsetInSource({ value, source, type: node.type ?? undefined }, offset);
        const escaped = node.type === 'QUOTE_DOUBLE' && source[at] === '\\';
        if (!escaped) expect(source.slice(at, at + char.length)).toBe(char);
      }
    }),
    { numRuns: 500 },
  );
});

it('the end of a string is after its last character', () => {
  const at = offsetInSource({ value: 'sum(up', source: '"sum(\n  up"', type: 'QUOTE_DOUBLE' }, 6);
  expect(at).toBe(10);
});
