import { saySpan } from '../core/say-time.ts';

/** Where progress goes. `clock` in ms. */
export interface ProgressOptions {
  readonly what: string;
  readonly total: number;
  readonly clock: () => number;
  readonly write: (text: string) => void;
  /** On a terminal one line is written over and over; elsewhere there is one line each tenth. */
  readonly terminal: boolean;
}

/** Made once, told of each step or of some at once, ended once. */
export interface Progress {
  step(count?: number): void;
  end(): void;
}

/** Says how far long work is and how long the rest will take, at most four times a second on a terminal. */
export function createProgress({ what, total, clock, write, terminal }: ProgressOptions): Progress {
  const began = clock();
  let done = 0;
  let said = terminal ? Number.NEGATIVE_INFINITY : 0;
  const line = (now: number) => {
    const rest = ((now - began) / done) * (total - done);
    return `${what}: ${done} of ${total} (${Math.floor((100 * done) / total)} %), ${saySpan(rest)} left`;
  };
  return {
    step(count = 1) {
      done += count;
      const now = clock();
      if (terminal) {
        if (now - said < 250) return;
        said = now;
        write(`\r\u001b[K${line(now)}`);
      } else if (Math.floor((10 * done) / total) > said) {
        said = Math.floor((10 * done) / total);
        write(`${line(now)}\n`);
      }
    },
    end() {
      if (terminal) write('\r\u001b[K');
    },
  };
}
