import { z } from 'zod';

const headSchema = z.strictObject({
  head: z.record(z.string(), z.number()),
  lengths: z.array(z.number().int().nonnegative()),
});

/**
 * A model as bytes: the length of the head (uint32, little endian), the head as JSON in UTF-8, then the float64
 * arrays one after another, little endian.
 */
export function writeBytes(
  head: Readonly<Record<string, number>>,
  arrays: readonly ArrayLike<number>[],
): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify({ head, lengths: arrays.map(a => a.length) }));
  const total = arrays.reduce((sum, a) => sum + a.length, 0);
  const bytes = new Uint8Array(4 + text.length + total * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const array of arrays)
    for (let i = 0; i < array.length; i++, at += 8) view.setFloat64(at, array[i]!, true);
  return bytes;
}

/** Reads what `writeBytes` wrote; throws a RangeError when the bytes are cut or not a model. */
export function readBytes(bytes: Uint8Array): {
  readonly head: Readonly<Record<string, number>>;
  readonly arrays: readonly Float64Array[];
} {
  if (bytes.length < 4) throw new RangeError(`a model has at least 4 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true);
  if (4 + size > bytes.length) throw new RangeError('the model is cut: its head is longer than its bytes');
  const { head, lengths } = headSchema.parse(
    JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size))),
  );
  let at = 4 + size;
  const need = lengths.reduce((sum, n) => sum + n * 8, at);
  if (need !== bytes.length)
    throw new RangeError(`the model has ${bytes.length} bytes, its head says ${need}`);
  const arrays = lengths.map(n => {
    const array = new Float64Array(n);
    for (let i = 0; i < n; i++, at += 8) array[i] = view.getFloat64(at, true);
    return array;
  });
  return { head, arrays };
}
