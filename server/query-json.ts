import type { Labels } from '../core/labels.ts';
import { type SampleHeads, sampleHeads, sampleText } from '../kernels/sample-text.ts';
import type { Answer } from '../promql/evaluate/engine.ts';
import { sortedPairs } from '../promql/evaluate/label-order.ts';
import { fixedText, numberText } from '../promql/evaluate/number-text.ts';
import type { Element } from '../promql/evaluate/value.ts';

const replacements: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** A half of a surrogate pair, which no UTF-8 text can hold. */
const halves = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** A text as Prometheus writes it in JSON: what HTML could read is escaped, half a surrogate pair is U+FFFD. */
export function jsonText(text: string): string {
  return JSON.stringify(text.replace(halves, '\uFFFD')).replace(
    /[<>&\u2028\u2029]/g,
    each => replacements[each]!,
  );
}

/** A label set as a JSON object, names in order, empty values left out. */
export function jsonLabels(labels: Labels): string {
  return `{${sortedPairs(labels)
    .map(([name, value]) => `${jsonText(name)}:${jsonText(value)}`)
    .join(',')}}`;
}

/** A time (ms) in seconds as Prometheus writes it with a sample: three digits behind the point or none. */
export function timeText(ms: number): string {
  const whole = Math.round(ms);
  const rest = Math.abs(whole % 1000);
  const seconds = String(Math.trunc(Math.abs(whole) / 1000));
  return `${whole < 0 ? '-' : ''}${seconds}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}`;
}

/** Characters of a chunk, about. */
const chunkLength = 65_536;

function* rangeChunks({ grid, elements }: Extract<Answer, { type: 'range' }>): Iterable<string | Uint8Array> {
  const { start, step, count } = grid;
  const heads = Array.from({ length: count }, (_, i) => `[${timeText(start + i * step)},"`);
  const together = count < fewSamples ? undefined : sampleHeads(heads);
  for (const [k, element] of elements.entries()) {
    yield `${k === 0 ? '' : ','}{"metric":${jsonLabels(element.labels)},"values":[`;
    if (together === undefined) yield fewSamplesText(heads, element);
    else yield* manySamples(together, element);
    yield ']}';
  }
}

/** Below this the samples of a series are written as text, not by the kernel. */
const fewSamples = 64;

function fewSamplesText(heads: readonly string[], { v, on }: Element): string {
  const texts: string[] = [];
  for (const [i, head] of heads.entries()) if (on[i] === 1) texts.push(`${head}${numberText(v[i]!)}"]`);
  return texts.join(',');
}

function* manySamples(heads: SampleHeads, element: Element): Iterable<Uint8Array> {
  let isFirst = true;
  for (const piece of sampleText(heads, element)) {
    if (piece.length === 0) continue;
    yield isFirst ? piece.subarray(1) : piece;
    isFirst = false;
  }
}

function* columnChunks({ columns }: Extract<Answer, { type: 'matrix' }>): Iterable<string> {
  for (const [k, { labels, t, v }] of columns.entries()) {
    let text = `${k === 0 ? '' : ','}{"metric":${jsonLabels(labels)},"values":[`;
    for (let i = 0; i < t.length; i++) {
      text += `${i === 0 ? '' : ','}[${timeText(t[i]!)},"${numberText(v[i]!)}"]`;
      if (text.length < chunkLength) continue;
      yield text;
      text = '';
    }
    yield `${text}]}`;
  }
}

function* vectorChunks(t: number, elements: readonly Element[]): Iterable<string> {
  const time = timeText(t);
  for (const [k, { labels, v }] of elements.entries())
    yield `${k === 0 ? '' : ','}{"metric":${jsonLabels(labels)},"value":[${time},"${numberText(v[0]!)}"]}`;
}

function* resultChunks(answer: Answer): Iterable<string | Uint8Array> {
  switch (answer.type) {
    case 'scalar':
      yield `{"resultType":"scalar","result":[${answer.t / 1000},"${fixedText(answer.v)}"]}`;
      return;
    case 'string':
      yield `{"resultType":"string","result":[${answer.t / 1000},${jsonText(answer.text)}]}`;
      return;
    case 'vector':
      yield '{"resultType":"vector","result":[';
      yield* vectorChunks(answer.t, answer.elements);
      yield ']}';
      return;
    case 'matrix':
      yield '{"resultType":"matrix","result":[';
      yield* columnChunks(answer);
      yield ']}';
      return;
    case 'range':
      yield '{"resultType":"matrix","result":[';
      yield* rangeChunks(answer);
      yield ']}';
  }
}

/** The whole answer of a query in pieces of JSON, each some 64 KiB. */
export function* answerChunks(answer: Answer, warnings: readonly string[]): Iterable<string | Uint8Array> {
  let text = '{"status":"success","data":';
  for (const part of resultChunks(answer)) {
    if (typeof part === 'string') text += part;
    if (typeof part === 'string' && text.length < chunkLength) continue;
    yield text;
    text = '';
    if (typeof part !== 'string') yield part;
  }
  const warned = warnings.length === 0 ? '' : `,"warnings":[${warnings.map(jsonText).join(',')}]`;
  yield `${text}${warned}}`;
}
