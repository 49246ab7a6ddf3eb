import { z } from 'zod';

const size = z.number().int().nonnegative();
const headSchema = z.strictObject({
  head: z.record(z.string(), z.number()),
  /** Length of each array and how many bytes one of its numbers takes. */
  arrays: z.array(z.tuple([size, z.literal([4, 8])])),
  blobs: z.array(size),
});

/** What `writeBytes` was given: numbers by name, arrays of numbers, and bytes that are models of their own. */
export interface ModelBytes {
  readonly head: Readonly<Record<string, number>>;
  readonly arrays: readonly Float64Array[];
  readonly blobs: readonly Uint8Array[];
}

/**
 * A model as bytes: the length of the head (uint32, little endian), the head as JSON in UTF-8, then the arrays one after
 * another in the machine's order, a Float32Array as float32 and all others as float64, then the blobs as they are.
 */
export function writeBytes(
  head: Readonly<Record<string, number>>,
  arrays: readonly ArrayLike<number>[],
  blobs: readonly Uint8Array[] = [],
): Uint8Array {
  const columns = arrays.map(a =>
    a instanceof Float32Array || a instanceof Float64Array ? a : Float64Array.from(a),
  );
  const shapes = columns.map(a => [a.length, a.BYTES_PER_ELEMENT] as const);
  const sizes = blobs.map(blob => blob.length);
  const text = new TextEncoder().encode(JSON.stringify({ head, arrays: shapes, blobs: sizes }));
  const body = shapes.reduce((sum, [n, width]) => sum + n * width, 0);
  const bytes = new Uint8Array(4 + text.length + body + sizes.reduce((sum, n) => sum + n, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const { buffer, byteOffset, byteLength } of [...columns, ...blobs]) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/** Reads what `writeBytes` wrote; throws a RangeError when the bytes are cut or not a model. */
export function readBytes(bytes: Uint8Array): ModelBytes {
  if (bytes.length < 4) throw new RangeError(`a model has at least 4 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  if (4 + length > bytes.length) throw new RangeError('the model is cut: its head is longer than its bytes');
  const { head, arrays: shapes, blobs: sizes } = readHead(bytes.subarray(4, 4 + length));
  let at = 4 + length;
  const body = shapes.reduce((sum, [n, width]) => sum + n * width, 0);
  const need = sizes.reduce((sum, n) => sum + n, at + body);
  if (need !== bytes.length)
    throw new RangeError(`the model has ${bytes.length} bytes, its head says ${need}`);
  const arrays = shapes.map(([n, width]) => {
    const { buffer } = new Uint8Array(bytes.subarray(at, at + n * width));
    at += n * width;
    return new Float64Array(width === 4 ? new Float32Array(buffer) : new Float64Array(buffer));
  });
  const blobs = sizes.map(n => {
    at += n;
    return bytes.subarray(at - n, at);
  });
  return { head, arrays, blobs };
}

function readHead(text: Uint8Array): z.output<typeof headSchema> {
  try {
    return headSchema.parse(JSON.parse(new TextDecoder().decode(text)));
  } catch (cause) {
    throw new RangeError('the head of the model cannot be read', { cause });
  }
}
