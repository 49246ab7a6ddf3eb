/** What an indicator may name, and a log line may hold. */
export const indicatorTypes = ['ipv4', 'ipv6', 'domain', 'url', 'hash', 'email'] as const;
export type IndicatorType = (typeof indicatorTypes)[number];

/** One thing that an indicator names, as its feed writes it: an address or a network, a name, a URL, a hash. */
export interface IndicatorValue {
  readonly type: IndicatorType;
  readonly value: string;
}

/** What a feed says of one indicator: each newer `modified` (ms) replaces what it said before under the same id. */
export interface IndicatorUpdate {
  readonly id: string;
  readonly modified: number;
  /** Withdrawn: it is no indicator any more. */
  readonly revoked: boolean;
  /** Valid from here on, ms. */
  readonly from: number;
  /** Valid before this, ms; undefined where the feed names no end. */
  readonly until: number | undefined;
  /** 0 to 100; undefined where the feed says none. */
  readonly confidence: number | undefined;
  /** Labels and types that the feed gives it. */
  readonly labels: readonly string[];
  readonly values: readonly IndicatorValue[];
}

/** Why an object of a feed is not watched for. */
export type FeedRefusal =
  | 'invalid_object'
  | 'invalid_pattern'
  | 'unsupported_pattern'
  | 'pattern_type'
  | 'invalid_value'
  | 'too_long'
  | 'clock_set_back';

/** One answer of a feed. `position` is opaque to all but the collector: everything up to there is in this page or before. */
export interface FeedPage {
  readonly updates: readonly IndicatorUpdate[];
  readonly refused: readonly { readonly reason: FeedRefusal; readonly what: string }[];
  readonly position: string;
}

/**
 * Reads a feed of indicators at least once. Made from checked options; each `poll` reads from a stored position (undefined = from the
 * beginning) all that is there, page by page, and rejects with a SourceError when the feed cannot be read; pages that came before
 * stay good. Closed at the end.
 */
export interface FeedCollector {
  poll(from: string | undefined, signal: AbortSignal): AsyncIterable<FeedPage>;
  close(): Promise<void>;
}
