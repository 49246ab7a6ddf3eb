import { z } from 'zod';
import type { Calibration } from './escalation-calibration.ts';
import {
  encodingSchema,
  learnedSchema,
  packEncoding,
  packLearned,
  unpackEncoding,
  unpackLearned,
  vocabularySchema,
} from './escalation-codec.ts';
import type { Encoding } from './escalation-encoding.ts';
import type { Vocabulary } from './escalation-facts.ts';
import type { Learned } from './escalation-learner.ts';

/** How well an outcome was told of cases that the learner had not seen. */
export interface Quality {
  /** Chance that one that came to it was given higher odds than one that did not. */
  readonly auc: number;
  /** Share of the squared error of the base rate that the odds save (Brier skill); below 0 they are worse than it. */
  readonly skill: number;
  /** Mean distance of odds and outcomes over tenths of the cases. */
  readonly error: number;
}

/** What is known of one outcome; without `learned` it abstains, as too few came to it or too few did not. */
export interface OutlookPart {
  readonly name: string;
  readonly cases: number;
  readonly reached: number;
  readonly learned: Learned | undefined;
  /** One a landmark: what is young is told of by other facts than what has lasted. */
  readonly calibrations: readonly Calibration[];
  /** How past cases with the same words went from each landmark on, as people are told of it. */
  readonly shares: readonly Encoding[];
  readonly quality: Quality | undefined;
}

/** A fitted outlook; `cases` were over when it was fitted at `at` (ms), `imported` of them of a service desk. */
export interface OutlookModel {
  readonly at: number;
  readonly cases: number;
  readonly imported: number;
  readonly vocabulary: Vocabulary;
  readonly parts: readonly OutlookPart[];
}

const count = z.number();
const schema = z.object({
  version: z.literal(1),
  at: z.number(),
  cases: count,
  imported: count,
  vocabulary: vocabularySchema,
  parts: z.array(
    z.object({
      name: z.string(),
      cases: count,
      reached: count,
      learned: learnedSchema.optional(),
      calibrations: z.array(z.object({ slope: z.number(), shift: z.number() })),
      shares: z.array(encodingSchema),
      quality: z.object({ auc: z.number(), skill: z.number(), error: z.number() }).optional(),
    }),
  ),
});

/** The model as UTF-8 JSON with a version. */
export function encodeOutlook({ parts, ...model }: OutlookModel): Uint8Array {
  const packed = parts.map(part => ({
    ...part,
    learned: part.learned && packLearned(part.learned),
    shares: part.shares.map(packEncoding),
  }));
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...model, parts: packed }));
}

/** Throws an Error for bytes that are no outlook of this version. */
export function decodeOutlook(bytes: Uint8Array): OutlookModel {
  const { parts, at, cases, imported, vocabulary } = schema.parse(
    JSON.parse(new TextDecoder().decode(bytes)),
  );
  const unpacked = parts.map(part => ({
    ...part,
    learned: part.learned && unpackLearned(part.learned),
    shares: part.shares.map(unpackEncoding),
    quality: part.quality,
  }));
  return { at, cases, imported, vocabulary, parts: unpacked };
}
