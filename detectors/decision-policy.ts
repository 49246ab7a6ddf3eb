/** When episodes open, stay open and end. Shares are of `fpr`, times in ms. */
export interface DecisionPolicy {
  /** News opens an episode when p <= open x fpr: an episode of 1 / open rows keeps the stated share. */
  readonly open: number;
  /** It stays open while the departure has p <= close x fpr, */
  readonly close: number;
  /** or while the score has p <= far x fpr and the departure p <= `unsettled`, */
  readonly far: number;
  readonly unsettled: number;
  /** and for so many rows more, */
  readonly calm: number;
  /** so long at most: then what it is has become the new normal. */
  readonly limit: number;
  /** What goes on with p <= free x fpr, or a score of this much more than -log10(fpr), needs no budget; all else does. */
  readonly free: number;
  readonly freeScore: number;
  /** The budget: what was not flagged of the stated share within this time can be spent. */
  readonly savings: number;
}

export const decisionPolicy: DecisionPolicy = {
  open: 0.1,
  close: 3,
  far: 1,
  unsettled: 0.2,
  calm: 5,
  limit: 24 * 3_600_000,
  free: 0.01,
  freeScore: 0.3,
  savings: 14 * 24 * 3_600_000,
};
