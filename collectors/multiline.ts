import { z } from 'zod';
import { durationOption } from './duration-option.ts';

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Which lines belong together. */
export const multilineOptions = z
  .strictObject({
    start_pattern: z
      .string()
      .min(1)
      .refine(isPattern, 'is no regular expression')
      .optional()
      .describe('Regular expression that the first line of an event matches; all others continue it.'),
    preset: z
      .enum(['stack_traces'])
      .optional()
      .describe('Known continuations instead of a pattern: stack traces of Java, Python, Go and Node.'),
    timeout: durationOption('1s', 1).describe('An event is complete when no line came for so long.'),
    max_lines: z
      .int()
      .min(2)
      .max(10_000)
      .default(500)
      .describe('Most lines of one event; what follows begins another one.'),
  })
  .refine(
    ({ start_pattern, preset }) => (start_pattern === undefined) !== (preset === undefined),
    'give either start_pattern or preset, one of them',
  );
export type MultilineOptions = z.output<typeof multilineOptions>;

/** Says of each line in turn whether it continues the event before it. */
export type Continues = (line: string) => boolean;

/** Java and Node by indentation and `Caused by`; what Python and Go print unindented is known from the lines before. */
function stackTraces(): Continues {
  let inside: 'python' | 'python-frames' | 'go' | undefined;
  return line => {
    if (/^\s*Traceback \(most recent call last\):|^\s*\+ Exception Group Traceback/.test(line)) {
      inside = 'python';
      return true;
    }
    if (/^goroutine \d+ (gp=\S+ .*)?\[|^\[signal SIG/.test(line)) {
      inside = 'go';
      return true;
    }
    if (/^\s/.test(line)) {
      if (inside === 'python') inside = 'python-frames';
      return true;
    }
    if (/^(Caused by: |Suppressed: |Wrapped by: |\.\.\. \d+ (more|common frames)|[}\])])/.test(line))
      return true;
    if (/^(During handling of the above exception|The above exception was the direct cause)/.test(line))
      return true;
    if (inside === 'python-frames' && /^[\w.]+(:|$)/.test(line)) {
      inside = undefined;
      return true;
    }
    if (
      inside === 'go' &&
      /^(created by )?[\w./*()$[\]{},-]+(\(.*\)|\.func\d+.*| in goroutine \d+)$/.test(line)
    )
      return true;
    inside = undefined;
    return false;
  };
}

/** The rule that options name. Made once a file: a preset remembers what it is inside of. */
export function continuationOf({ start_pattern, preset }: MultilineOptions): Continues {
  if (preset !== undefined || start_pattern === undefined) return stackTraces();
  const start = new RegExp(start_pattern, 'u');
  return line => !start.test(line);
}

/** Joins lines to events. Fed line by line; holds one event that may not be complete. */
export class LineJoiner {
  readonly #continues: Continues;
  readonly #maxLines: number;
  readonly #maxLength: number;
  #lines: string[] = [];
  #length = 0;

  /** `maxLength`: most characters of an event. */
  constructor(options: MultilineOptions, maxLength: number) {
    this.#continues = continuationOf(options);
    this.#maxLines = options.max_lines;
    this.#maxLength = maxLength;
  }

  get pending(): boolean {
    return this.#lines.length > 0;
  }

  /** Takes a line; answers the event before it when this line begins another one. */
  add(line: string): string | undefined {
    const joins = this.#continues(line);
    const full = this.#lines.length >= this.#maxLines || this.#length + line.length > this.#maxLength;
    const done = joins && !full ? undefined : this.flush();
    this.#lines.push(line);
    this.#length += line.length + 1;
    return done;
  }

  /** The pending event as it is; undefined when there is none. */
  flush(): string | undefined {
    if (this.#lines.length === 0) return undefined;
    const text = this.#lines.join('\n');
    this.#lines = [];
    this.#length = 0;
    return text;
  }
}
