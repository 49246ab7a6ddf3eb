import { z } from 'zod';
import type { Encoding } from './escalation-encoding.ts';
import type { Vocabulary } from './escalation-facts.ts';
import type { Learned } from './escalation-learner.ts';

/** What a fitted model of escalation holds; without `learned` it always abstains. */
export interface EscalationModel {
  readonly outcome: string;
  readonly after: number;
  readonly vocabulary: Vocabulary;
  readonly learned: Learned | undefined;
}

const names = z.array(z.string());
const numbers = z.array(z.number());
const tree = z.object({ column: numbers, cut: numbers, left: numbers, right: numbers, value: numbers });
const table = z.array(z.tuple([z.string(), z.number(), z.number()]));

export const vocabularySchema = z.object({ numbers: names, texts: names, moving: names, paths: names });

/** Shares of words, as JSON. */
export const encodingSchema = z.object({ prior: z.number(), tables: z.array(table) });

/** What a learner learned, as JSON. */
export const learnedSchema = z.object({
  boosted: z.object({ base: z.number(), trees: z.array(tree) }),
  crosses: z.array(z.tuple([z.number(), z.number()])),
  ...encodingSchema.shape,
});
type PackedLearned = z.output<typeof learnedSchema>;

const schema = z.object({
  version: z.literal(1),
  outcome: z.string(),
  after: z.number(),
  vocabulary: vocabularySchema,
  learned: learnedSchema.optional(),
});

export function packEncoding({ prior, tables }: Encoding) {
  const rows = tables.map(each => [...each].map(([word, past]) => [word, past.rows, past.reached] as const));
  return { prior, tables: rows };
}

export function unpackEncoding({ prior, tables }: z.output<typeof encodingSchema>): Encoding {
  const maps = tables.map(each => new Map(each.map(([word, rows, reached]) => [word, { rows, reached }])));
  return { prior, tables: maps };
}

export function packLearned({ boosted, crosses, encoding }: Learned) {
  return { boosted, crosses, ...packEncoding(encoding) };
}

export function unpackLearned({ boosted, crosses, ...encoding }: PackedLearned): Learned {
  return { boosted, crosses, encoding: unpackEncoding(encoding) };
}

/** The model as UTF-8 JSON with a version. */
export function encodeModel({ learned, ...model }: EscalationModel): Uint8Array {
  const parts = learned && packLearned(learned);
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...model, learned: parts }));
}

/** Throws an Error for bytes that are no model of this version. */
export function decodeModel(bytes: Uint8Array): EscalationModel {
  const { learned, ...model } = schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const { outcome, after, vocabulary } = model;
  return { outcome, after, vocabulary, learned: learned && unpackLearned(learned) };
}
