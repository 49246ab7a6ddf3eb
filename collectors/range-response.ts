import { z } from 'zod';
import type { Series } from '../core/series.ts';
import { SourceError } from '../core/series.ts';
import { decodeSeries } from './decode-series.ts';

/** What a query API's answer holds beside the series. */
export interface QueryAnswer {
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

const envelopeSchema = z.looseObject({
  status: z.enum(['success', 'error']),
  errorType: z.string().optional(),
  error: z.string().optional(),
  data: z.looseObject({ resultType: z.string(), result: z.array(z.unknown()) }).optional(),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
});

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** More than this beside the series is no answer of a query API. */
const longestEnvelope = 4 << 20;

/**
 * Reads a Prometheus query answer as its bytes arrive. Only one series object at a time is text: it is cut out by
 * counting brackets outside of strings, parsed, and kept as typed arrays, so memory stays near what is kept. What is left
 * (the envelope) is parsed at the end. Made once per answer: fed by `push`, read by `end`, both throw a SourceError.
 */
export class RangeResponseScanner {
  readonly #series: Series[] = [];
  #envelope = '';
  readonly #decoder = new TextDecoder();
  readonly #objectDecoder = new TextDecoder();
  #depth = 0;
  #inString = false;
  #escaped = false;
  #started = false;
  #inResult = false;
  /** After the first series object: commas of the list are no part of the envelope. */
  #inList = false;
  #inObject = false;
  #objectText = '';
  #bytes = 0;

  /** Bytes read so far. */
  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]!;
      if (this.#inString) {
        i = this.#skipString(chunk, i);
        continue;
      }
      if (c === quote) this.#inString = true;
      else if (c === openBrace || c === openBracket) from = this.#open(chunk, from, i);
      else if (c === closeBrace || c === closeBracket) from = this.#close(chunk, from, i);
      else if (c === comma && this.#inResult && this.#depth === 3 && this.#inList) from = i + 1;
      else if (!this.#started && c > 0x20) throw notJson('it does not begin with {');
    }
    this.#keep(chunk.subarray(from));
  }

  /** The whole answer, when all bytes were pushed. `status: error` is a SourceError with Prometheus' errorType. */
  end(): QueryAnswer {
    if (this.#depth !== 0 || !this.#started)
      throw new SourceError(`the answer was cut off after ${this.#bytes} bytes`, { retryable: true });
    const envelope = envelopeSchema.safeParse(parseJson(this.#envelope + this.#decoder.decode()));
    if (!envelope.success) throw notJson('it is not an answer of the query API');
    const { status, errorType, error, data, warnings, infos } = envelope.data;
    if (status === 'error' || data === undefined)
      throw new SourceError(`${errorType ?? 'unknown'}: ${error ?? 'no reason given'}`, {
        retryable: errorType === 'timeout' || errorType === 'unavailable',
      });
    const scalar = data.resultType === 'scalar' ? [decodeSeries({ metric: {}, value: data.result })] : [];
    return { series: [...this.#series, ...scalar], warnings: warnings ?? [], infos: infos ?? [] };
  }

  /** Goes to the end of the string, or of the chunk. */
  #skipString(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      if (this.#escaped) this.#escaped = false;
      else if (chunk[i] === backslash) this.#escaped = true;
      else if (chunk[i] === quote) {
        this.#inString = false;
        return i;
      }
    }
    return chunk.length;
  }

  #open(chunk: Uint8Array, from: number, i: number): number {
    this.#started = true;
    this.#depth++;
    if (this.#depth === 3 && chunk[i] === openBracket) {
      this.#keep(chunk.subarray(from, i + 1));
      this.#inResult = /"result"\s*:\s*\[$/.test(this.#envelope.slice(-64));
      return i + 1;
    }
    if (!this.#inResult || this.#depth !== 4 || chunk[i] !== openBrace) return from;
    this.#inObject = true;
    this.#inList = true;
    return i;
  }

  #close(chunk: Uint8Array, from: number, i: number): number {
    this.#depth--;
    if (this.#depth < 0) throw notJson('it closes more brackets than it opens');
    if (this.#depth === 2) {
      this.#inResult = false;
      this.#inList = false;
    }
    if (!this.#inObject || this.#depth !== 3) return from;
    this.#keep(chunk.subarray(from, i + 1));
    this.#series.push(decodeSeries(parseJson(this.#objectText)));
    this.#objectText = '';
    this.#inObject = false;
    return i + 1;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#inObject) {
      this.#objectText += this.#objectDecoder.decode(bytes, { stream: true });
      return;
    }
    this.#envelope += this.#decoder.decode(bytes, { stream: true });
    if (this.#envelope.length > longestEnvelope) throw notJson('it is too long for one');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SourceError('the answer is not valid JSON', { retryable: false, cause });
  }
}

function notJson(why: string): SourceError {
  return new SourceError(`the answer is not a query answer in JSON: ${why}`, { retryable: false });
}
