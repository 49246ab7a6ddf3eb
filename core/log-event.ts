import type { Labels } from './labels.ts';

/** How an event ended; `unknown` when it does not say. */
export const eventOutcomes = ['success', 'failure', 'denied', 'unknown'] as const;
export type EventOutcome = (typeof eventOutcomes)[number];

/** What an event of security, threat intelligence or audit says: somebody did something, from somewhere, and how it ended. */
export interface LogEvent {
  readonly action: string;
  readonly outcome: EventOutcome;
  readonly user: string | undefined;
  readonly source: string | undefined;
}

const names = {
  action:
    'event.action action eventName event_name eventType event_type operation operationName operation_name activity verb type event.type event.category category indicator.type indicator_type threat.indicator.type',
  outcome: 'event.outcome outcome result status decision disposition resultType errorCode',
  user: 'user.name user.id user.email user username user_name userName userIdentity.arn userIdentity.userName actor.id actor.name actor.email actor principal principalId account subject',
  source:
    'source.ip source.address client.ip sourceIPAddress source_ip sourceIp src_ip srcip client_ip clientIp remote_addr remote_ip ip ip_address sourceIPs indicator threat.indicator.ip',
} as const;

/** Names as they are looked up: dotted, without case. */
const wanted = new Map<string, { readonly part: keyof typeof names; readonly rank: number }>();
for (const part of ['action', 'outcome', 'user', 'source'] as const)
  names[part].split(' ').forEach((name, rank) => {
    wanted.set(name.toLowerCase(), { part, rank });
  });

const spellings: Readonly<Record<Exclude<EventOutcome, 'unknown'>, RegExp>> = {
  success:
    /^(?:success\w*|succeeded|ok|true|allow\w*|accept\w*|grant\w*|permit\w*|approved|passed|complete\w*|2\d\d)$/i,
  denied:
    /^(?:den(?:y|ied)|block\w*|reject\w*|forbid\w*|forbidden|unauthori[sz]ed\w*|refus\w*|quarantin\w*|drop\w*|access_?denied\w*|40[13])$/i,
  failure: /^(?:fail\w*|err\w*|false|invalid\w*|unsuccessful|ko|timeout|[45]\d\d|\w*(?:exception|failure))$/i,
};

const longestAction = 64;

/** The outcome that a word, or a status of HTTP, stands for. */
export function outcomeOf(word: string | undefined): EventOutcome {
  if (word === undefined) return 'unknown';
  const text = word.trim().replaceAll(' ', '_');
  if (spellings.denied.test(text)) return 'denied';
  if (spellings.success.test(text)) return 'success';
  return spellings.failure.test(text) ? 'failure' : 'unknown';
}

/** Reads an event of a structured record's attributes, as `fieldsOf` gives them; what it does not say is undefined or unknown. */
export function eventOf(attributes: Labels): LogEvent {
  const found: Partial<Record<keyof typeof names, { readonly rank: number; readonly value: string }>> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const want = wanted.get(name.toLowerCase());
    if (want === undefined || value === '') continue;
    if (want.rank < (found[want.part]?.rank ?? Number.POSITIVE_INFINITY))
      found[want.part] = { rank: want.rank, value };
  }
  return {
    action: found.action?.value.slice(0, longestAction) ?? 'unknown',
    outcome: outcomeOf(found.outcome?.value),
    user: found.user?.value,
    source: found.source?.value,
  };
}
