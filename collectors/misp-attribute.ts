import { z } from 'zod';
import type { FeedRefusal, IndicatorType, IndicatorUpdate, IndicatorValue } from '../core/indicator.ts';
import { parseIpv4 } from '../core/ip-address.ts';

const flag = z.union([
  z.boolean(),
  z.enum(['0', '1']).transform(text => text === '1'),
  z.literal([0, 1]).transform(n => n === 1),
]);
const attribute = z.object({
  uuid: z.string().min(1).max(100),
  type: z.string(),
  value: z.string(),
  timestamp: z.union([z.string(), z.number()]).transform(Number),
  to_ids: flag.default(false),
  deleted: flag.default(false),
  first_seen: z.string().nullish(),
  Tag: z.array(z.object({ name: z.string() })).default([]),
});

/** Types of attributes, of which each part between bars is one thing; `''` is a part that no line tells. */
const single: Readonly<Record<string, IndicatorType | 'ip' | ''>> = {
  'ip-src': 'ip',
  'ip-dst': 'ip',
  ip: 'ip',
  port: '',
  domain: 'domain',
  hostname: 'domain',
  url: 'url',
  email: 'email',
  'email-src': 'email',
  'email-dst': 'email',
  filename: '',
  md5: 'hash',
  sha1: 'hash',
  sha224: 'hash',
  sha256: 'hash',
  sha384: 'hash',
  sha512: 'hash',
};

/** The types that are asked for. */
export const mispTypes: readonly string[] = [
  ...Object.keys(single).filter(type => !['ip', 'port', 'filename', ''].includes(type)),
  ...['ip-src|port', 'ip-dst|port', 'domain|ip', 'hostname|port'],
  ...['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map(hash => `filename|${hash}`),
];

/** MISP's taxonomy `misp:confidence-level`. */
const confidences: Readonly<Record<string, number>> = {
  'completely-confident': 100,
  'usually-confident': 75,
  'fairly-confident': 50,
  'rarely-confident': 25,
  unconfident: 0,
};

/** What an attribute of MISP says, and why it is left out. Never throws. */
export function readAttribute(given: unknown): {
  readonly update?: IndicatorUpdate;
  readonly refused?: { readonly reason: FeedRefusal; readonly what: string };
} {
  const read = attribute.safeParse(given);
  if (!read.success || !Number.isFinite(read.data.timestamp)) {
    const issue = read.error?.issues[0];
    const what = `an attribute whose ${issue?.path.join('.') ?? 'timestamp'} ${issue?.message ?? 'is no number'}`;
    return { refused: { reason: 'invalid_object', what } };
  }
  const { uuid, timestamp, to_ids: isIndicator, deleted, first_seen: seen, Tag: tags, ...rest } = read.data;
  const revoked = deleted || !isIndicator;
  const modified = timestamp * 1000;
  const first = Date.parse(seen ?? '');
  const labels = tags.map(({ name }) => name);
  const update = {
    id: uuid,
    modified,
    revoked,
    from: Number.isFinite(first) ? Math.min(first, modified) : modified,
    until: undefined,
    confidence: confidenceOf(labels),
    labels,
    values: revoked ? [] : valuesOf(rest),
  };
  return { update };
}

function confidenceOf(labels: readonly string[]): number | undefined {
  const told = labels.map(name => /^misp:confidence-level="([\w-]+)"$/.exec(name)?.[1]);
  return told.map(level => confidences[level ?? '']).find(value => value !== undefined);
}

/** A file name with a hash is the hash; an address with a port is the address; a name with its address is the name. */
function valuesOf({ type, value }: { readonly type: string; readonly value: string }): IndicatorValue[] {
  const values = value.split('|');
  const parts = type.split('|');
  const all = parts.map((part, k): IndicatorValue[] => {
    const kind = single[part] ?? '';
    const text = parts.length === 1 ? value : (values[k] ?? '');
    if (kind === '' || (part === 'ip' && parts.length > 1)) return [];
    if (kind !== 'ip') return [{ type: kind, value: text }];
    return [{ type: parseIpv4(text.split('/')[0] ?? '') === undefined ? 'ipv6' : 'ipv4', value: text }];
  });
  return all.flat();
}
