import type { z } from 'zod';

/** What a register holds: a name, one sentence, the declared options, and how it is made from checked options. */
export interface Component<Options extends z.ZodType, Made, Context = undefined> {
  readonly name: string;
  readonly summary: string;
  readonly options: Options;
  create(options: z.output<Options>, context: Context): Made;
}
