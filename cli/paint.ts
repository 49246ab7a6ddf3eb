import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

/** Where text is written to. */
interface Stream {
  readonly isTTY?: boolean;
}

/**
 * Colours for one stream: only where it is a terminal, so that a file never gets escapes. `NO_COLOR` takes them away,
 * `FORCE_COLOR` forces them.
 */
export function paintFor(stream: Stream, env: Readonly<Record<string, string | undefined>>): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR) return pc.createColors(false);
  if (FORCE_COLOR) return pc.createColors(FORCE_COLOR !== '0');
  return pc.createColors(stream.isTTY === true && TERM !== 'dumb');
}
