/** Typed answers for all rows of a batch; the arrays are used again by the next `judge`. */
export interface Judgement {
  readonly t: number;
  /** p of the row's score after all signals and detectors, on its recent scale: the evidence. NaN when it cannot be told. */
  readonly p: Float64Array;
  /** p of what is new in the row (`Decisions.p`); NaN when it cannot be told. */
  readonly news: Float64Array;
  /** Higher is more abnormal: the evidence of all detectors that lasts; it ranks rows. NaN when it cannot be told. */
  readonly score: Float64Array;
  /** -log10 of the detectors' combined p on the class's scale: what `p` is calibrated from; NaN as the score. */
  readonly evidence: Float64Array;
  /** 1 where the row is decided to be abnormal: at news, and while the episode that it opened goes on. */
  readonly flagged: Uint8Array;
}
