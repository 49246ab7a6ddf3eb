/**
 * FNV-1a (Fowler, Noll, Vo 1991) over 32-bit words in the machine's order, then over the bytes that are left: h <- (h xor w) p
 * mod 2^32. Each step is a bijection, so that any one changed word changes it; it tells damage, not forgery.
 */
export function checksum(bytes: Uint8Array): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
  let h = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) h = Math.imul(h ^ words[i]!, 0x01000193);
  for (let i = words.length * 4; i < aligned.length; i++) h = Math.imul(h ^ aligned[i]!, 0x01000193);
  return h >>> 0;
}
