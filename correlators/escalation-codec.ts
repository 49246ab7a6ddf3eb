import { z } from 'zod';
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

const schema = z.object({
  version: z.literal(1),
  outcome: z.string(),
  after: z.number(),
  vocabulary: z.object({ numbers: names, texts: names, moving: names, paths: names }),
  learned: z
    .object({
      boosted: z.object({ base: z.number(), trees: z.array(tree) }),
      crosses: z.array(z.tuple([z.number(), z.number()])),
      prior: z.number(),
      tables: z.array(table),
    })
    .optional(),
});

/** The model as UTF-8 JSON with a version. */
export function encodeModel({ learned, ...model }: EscalationModel): Uint8Array {
  const parts = learned && {
    boosted: learned.boosted,
    crosses: learned.crosses,
    prior: learned.encoding.prior,
    tables: learned.encoding.tables.map(each =>
      [...each].map(([word, { rows, reached }]) => [word, rows, reached]),
    ),
  };
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...model, learned: parts }));
}

/** Throws an Error for bytes that are no model of this version. */
export function decodeModel(bytes: Uint8Array): EscalationModel {
  const { learned, outcome, after, vocabulary } = schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  if (learned === undefined) return { outcome, after, vocabulary, learned };
  const tables = learned.tables.map(
    each => new Map(each.map(([word, rows, reached]) => [word, { rows, reached }])),
  );
  const { boosted, crosses, prior } = learned;
  return { outcome, after, vocabulary, learned: { boosted, crosses, encoding: { prior, tables } } };
}
