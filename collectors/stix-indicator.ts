import { z } from 'zod';
import type { FeedRefusal, IndicatorUpdate } from '../core/indicator.ts';
import { readPattern } from './stix-pattern.ts';

/** A pattern that is longer is no indicator, but a list that somebody put into one. */
const longestPattern = 65_536;
const time = z.string().transform((text, context) => {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  context.addIssue({ code: 'custom', message: `is no time (got "${text.slice(0, 40)}")` });
  return z.NEVER;
});
const words = z.array(z.string()).default([]);
const indicator = z.object({
  id: z.string().min(1).max(512),
  created: time.optional(),
  modified: time.optional(),
  revoked: z.boolean().default(false),
  pattern: z.string().default(''),
  pattern_type: z.string().default('stix'),
  valid_from: time.optional(),
  valid_until: time.optional(),
  confidence: z.number().min(0).max(100).optional(),
  labels: words,
  indicator_types: words,
});

/** What an object of a feed says, and why it is left out; nothing of both for objects that are no indicators. */
export interface ReadObject {
  /** What cannot be looked for withdraws what was said before under its id. */
  readonly update?: IndicatorUpdate;
  readonly refused?: { readonly reason: FeedRefusal; readonly what: string };
}

/** Reads one object of a bundle or an envelope: an indicator of STIX 2.1. Never throws. */
export function readStixObject(object: unknown): ReadObject {
  const type = typeof object === 'object' && object !== null ? Reflect.get(object, 'type') : undefined;
  if (typeof type !== 'string') return refuse('invalid_object', 'an object without a type');
  if (type !== 'indicator') return {};
  const read = indicator.safeParse(object);
  if (!read.success) {
    const [issue] = read.error.issues;
    return refuse('invalid_object', `an indicator whose ${issue?.path.join('.')} ${issue?.message}`);
  }
  return updateOf(read.data);
}

function updateOf(said: z.output<typeof indicator>): ReadObject {
  const { id, revoked, confidence, indicator_types: types } = said;
  const modified = said.modified ?? said.created ?? said.valid_from ?? 0;
  const update = {
    id,
    modified,
    revoked,
    from: said.valid_from ?? modified,
    until: said.valid_until,
    confidence,
    labels: [...said.labels, ...types],
  };
  const withdrawn = { ...update, revoked: true, values: [] };
  if (revoked || types.includes('benign')) return { update: withdrawn };
  const instead = (reason: FeedRefusal, what: string) => ({ ...refuse(reason, what), update: withdrawn });
  if (said.pattern_type !== 'stix')
    return instead('pattern_type', `a pattern in the language ${said.pattern_type.slice(0, 40)}`);
  if (said.pattern.length > longestPattern)
    return instead('too_long', `a pattern of ${said.pattern.length} characters`);
  const pattern = readPattern(said.pattern);
  if ('refused' in pattern)
    return instead(pattern.refused, `the pattern of ${id.slice(0, 80)}: ${pattern.what}`);
  return { update: { ...update, values: pattern.values } };
}

const refuse = (reason: FeedRefusal, what: string): ReadObject => ({ refused: { reason, what } });
