import { describe, expect, it } from 'vitest';
import { LineJoiner, multilineOptions } from '../../collectors/multiline.ts';

function joined(options: unknown, text: string, maxLength = 1e6): readonly string[] {
  const joiner = new LineJoiner(multilineOptions.parse(options), maxLength);
  const events = text.split('\n').map(line => joiner.add(line));
  return [...events, joiner.flush()].filter(event => event !== undefined);
}

/** Events as they should come out, joined to what goes in. */
function expectEvents(options: unknown, events: readonly string[]): void {
  expect(joined(options, events.join('\n'))).toEqual(events);
}

const traces = { preset: 'stack_traces' };

describe('lines that belong together', () => {
  it('begin where the pattern of the config matches', () => {
    expectEvents({ start_pattern: '^\\d{4}-' }, [
      '2026-11-30 a\nmore\n\tand more',
      '2026-11-30 b',
      '2026-12-01 c\nx',
    ]);
  });

  it('are a Java trace with its causes', () => {
    expectEvents(traces, [
      '12:00:00 INFO started',
      [
        '12:00:01 ERROR request failed',
        'java.lang.IllegalStateException: no pool',
        '\tat com.acme.Pool.take(Pool.java:42)',
        'Caused by: java.net.SocketTimeoutException: connect timed out',
        '\tat java.base/java.net.Socket.connect(Socket.java:1)',
        '\t... 12 more',
        'Suppressed: java.io.IOException',
      ].join('\n'),
      '12:00:02 INFO next',
    ]);
  });

  it('are a Python traceback with its exception, chained ones too', () => {
    expectEvents(traces, [
      [
        'ERROR:app:job failed',
        'Traceback (most recent call last):',
        '  File "job.py", line 3, in run',
        '    int("x")',
        "ValueError: invalid literal for int() with base 10: 'x'",
        'During handling of the above exception, another exception occurred:',
        'Traceback (most recent call last):',
        '  File "job.py", line 5, in run',
        'app.errors.JobError: gave up',
      ].join('\n'),
      'INFO:app:next: job',
    ]);
  });

  it('are a panic of Go with its goroutines', () => {
    expectEvents(traces, [
      [
        'panic: runtime error: invalid memory address or nil pointer dereference',
        '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f]',
        'goroutine 1 [running]:',
        'main.(*Server).handle(0x0, {0xc000012, 0x5})',
        '\t/app/main.go:12 +0x1d',
        'created by main.main in goroutine 1',
        '\t/app/main.go:7 +0x85',
      ].join('\n'),
      'exit status 2',
    ]);
  });

  it('are an error of Node with its properties', () => {
    expectEvents(traces, [
      'Error: connect ECONNREFUSED 127.0.0.1:6379\n    at TCPConnectWrap.afterConnect (node:net:1)\n  errno: -111\n}',
      'ready',
    ]);
  });

  it('are parted where an event would have too many lines or be too long', () => {
    expect(joined({ ...traces, max_lines: 2 }, 'a\n b\n c\n d')).toEqual(['a\n b', ' c\n d']);
    expect(joined(traces, 'aaaa\n bbbb\n cccc', 8)).toEqual(['aaaa', ' bbbb', ' cccc']);
  });

  it('are named by a pattern or a preset, one of them', () => {
    expect(multilineOptions.safeParse({}).success).toBe(false);
    expect(multilineOptions.safeParse({ ...traces, start_pattern: '^a' }).success).toBe(false);
    expect(multilineOptions.safeParse({ start_pattern: '(' }).success).toBe(false);
  });
});
