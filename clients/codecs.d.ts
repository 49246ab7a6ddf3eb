declare module 'lz4js' {
  /** Throws for what is no LZ4 frame. */
  export function decompress(frame: Uint8Array, maxSize?: number): Uint8Array;
}

declare module 'kafkajs-snappy' {
  interface Codec {
    compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
    decompress(buffer: Buffer): Promise<Buffer>;
  }
  const snappy: () => Codec;
  export = snappy;
}
