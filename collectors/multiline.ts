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

/** `Caused by`, what an event may close with, and a Java exception on the line after the message. */
const alwaysContinues =
  /^(\s|Caused by: |Suppressed: |Wrapped by: |\.\.\. \d+ (more|common frames)|[}\])]|[\w$]+(\.[\w$]+)+(Exception|Error|Throwable)(:|$))/;
const pythonBegins =
  /^\s*(Traceback \(most recent call last\):|\+ Exception Group Traceback)|^(During handling of the above exception|The above exception was the direct cause)/;
const pythonEnds = /^[\w.]+(:|$)/;
const goBegins = /^goroutine \d+ (gp=\S+ .*)?\[|^\[signal SIG/;
const goFrame = /^(created by )?[\w./*()$[\]{},-]+(\(.*\)|\.func\d+.*| in goroutine \d+)$/;

/** Java and Node by indentation and `Caused by`; what Python and Go print unindented is known from the lines before. */
function stackTraces(): Continues {
  let inside: 'python' | 'python frames' | 'go' | undefined;
  return line => {
    if (pythonBegins.test(line)) inside = 'python';
    else if (goBegins.test(line)) inside = 'go';
    else if (inside === 'python frames' && pythonEnds.test(line)) inside = undefined;
    else if (alwaysContinues.test(line)) inside = inside === 'python' ? 'python frames' : inside;
    else if (inside !== 'go' || !goFrame.test(line)) {
      inside = undefined;
      return false;
    }
    return true;
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
