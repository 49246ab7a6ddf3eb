const encoder = new TextEncoder();

/** A field of a protobuf message as bytes: key, then the value. */
export type Field = Uint8Array;

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Seven bits a byte, the lowest first; a negative number takes ten bytes, as int64 does. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** An integer or an enum (wire type 0). */
export function integerField(number: number, value: number): Field {
  return join([varint(number * 8), varint(value)]);
}

/** Bytes (wire type 2). */
export function bytesField(number: number, value: Uint8Array): Field {
  return join([varint(number * 8 + 2), varint(value.length), value]);
}

/** A string (wire type 2). */
export function stringField(number: number, value: string): Field {
  return bytesField(number, encoder.encode(value));
}

/** An embedded message (wire type 2). */
export function messageField(number: number, fields: readonly Field[]): Field {
  return bytesField(number, join(fields));
}

/** A whole message. */
export function message(fields: readonly Field[]): Uint8Array {
  return join(fields);
}
