import { decompress as unzstd } from 'fzstd';
import kafkajs from 'kafkajs';
import snappy from 'kafkajs-snappy';
import { decompress as unlz4 } from 'lz4js';

const readOnly = (name: string, read: (data: Uint8Array) => Uint8Array) => () => ({
  compress: () => Promise.reject(new RangeError(`${name} is read only: write gzip`)),
  decompress: async (data: Buffer) => Buffer.from(read(data)),
});

/** Teaches kafkajs, which knows gzip, the other codecs of Kafka; it holds them for the whole process. */
export function registerCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  Object.assign(CompressionCodecs, {
    [CompressionTypes.Snappy]: snappy,
    [CompressionTypes.LZ4]: readOnly('lz4', unlz4),
    [CompressionTypes.ZSTD]: readOnly('zstd', unzstd),
  });
}
