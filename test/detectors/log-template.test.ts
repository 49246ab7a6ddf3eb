import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { LogTemplateMiner, type MessageSpan, minerOptions } from '../../detectors/log-template.ts';

const span = (text: string, t = Number.NaN): MessageSpan => ({ from: 0, to: text.length, t });

function createMiner(templates = 20_000): LogTemplateMiner {
  return new LogTemplateMiner(minerOptions.parse({ templates }));
}

/** The templates of messages once all are known, one text a message. */
function templatesOf(messages: readonly string[]): string[] {
  const miner = createMiner();
  const indices = messages.map(message => miner.learn(message, span(message)));
  miner.settle();
  return indices.map(index => miner.templateOf(index).text);
}

describe('what varies by its form', () => {
  it.each([
    ['took 12 ms', 'took <*>'],
    ['took 1.5s for 300 KB', 'took <*> for <*>'],
    ['connect to 10.0.0.1:80 and [fe80::1]:443', 'connect to <*> and [<*>]:<*>'],
    ['request 123e4567-e89b-12d3-a456-426614174000 done', 'request <*> done'],
    ['read /etc/hosts and C:\\temp\\x', 'read <*> and <*>'],
    ['GET https://a.example/x?y=z#k now', 'GET <*> now'],
    ['mail from bob@example.org refused', 'mail from <*> refused'],
    ['open "some file" failed', 'open "<*>" failed'],
    ["service 'web' is down, isn't it", "service '<*>' is down, isn't it"],
    ['flags=0xff mask ffffffff', 'flags=<*> mask <*>'],
    ['at Sat Jun 18 02:23:10 2005 again', 'at <*> again'],
    ['mac FF:F2:9F:16:BF:6C down', 'mac <*> down'],
    ['Received block blk_-160899 of size 91178', 'Received block <*> of size <*>'],
    ['user= uid=0 (none) ()', 'user=<*> uid=<*> (none) (<*>)'],
    ['state Foo{a=1, b=Bar{2}} seen', 'state Foo{<*>} seen'],
    ['call of org.apache.hadoop.Main failed', 'call of <*> failed'],
    ['java.io.IOException: broken', 'java.io.IOException: broken'],
    ['threshold............0', 'threshold............<*>'],
    ['value null', 'value <*>'],
    ['delete blk_1 blk_2 blk_3', 'delete <*>'],
    ['ports [80, 443, 8080] open', 'ports [<*>] open'],
    ['"GET /a?b=1 HTTP/1.1" 200', '"GET <*>" <*>'],
    ['lifetime <1 sec, pri <34> kept', 'lifetime <*>, pri <<*>> kept'],
    ['localhost:80 closed', '<*> closed'],
    ['nodes n1 up n2 up n3 up', 'nodes <*> up'],
  ])('%s', (message, template) => {
    expect(templatesOf([message])).toEqual([template]);
  });
});

describe('what varies by what was seen', () => {
  const users = ['root', 'cyrus', 'news', 'test', 'guest', 'admin'];

  it('many words in one place, with enough words around, are values', () => {
    const messages = users.map(user => `session closed for user ${user}`);
    expect(new Set(templatesOf(messages))).toEqual(new Set(['session closed for user <*>']));
  });

  it('few words in one place are what the programmer chose', () => {
    const messages = ['layout of the screen begins', 'layout of the screen ends'];
    expect(templatesOf(messages)).toEqual(messages);
  });

  it('a name beside values of the same place is a value', () => {
    const messages = ['Failed password for invalid user u1', 'Failed password for invalid user root'];
    expect(new Set(templatesOf(messages))).toEqual(new Set(['Failed password for invalid user <*>']));
  });

  it('states in capitals stay apart', () => {
    const messages = ['task went from NEW to JOB_SETUP now', 'task went from NEW to TASK_ABORT now'];
    expect(templatesOf(messages)).toEqual(messages);
  });

  it('short messages are not thrown together', () => {
    const messages = ['normal', 'warning', 'critical', 'not responding', 'link ok', 'psu failure'];
    expect(templatesOf(messages)).toEqual(messages);
  });

  it('a message never seen that fits a learned place is known', () => {
    const miner = createMiner();
    for (const user of users)
      miner.learn(`session closed for user ${user}`, span(`session closed for user ${user}`));
    miner.settle();
    const message = 'session closed for user somebody';
    expect(miner.templateOf(miner.match(message, span(message))!).text).toBe('session closed for user <*>');
    const other = 'session opened for user somebody else';
    expect(miner.match(other, span(other))).toBeUndefined();
  });
});

describe('what is kept of a template', () => {
  it('count, first and last time, and three lines as they came', () => {
    const miner = createMiner();
    let index = 0;
    for (let k = 1; k <= 5; k++) {
      const line = `HEADER job ${k} done`;
      index = miner.learn(line, { from: 7, to: line.length, t: 1000 * k });
    }
    expect(miner.templateOf(index)).toMatchObject({
      text: 'job <*> done',
      count: 5,
      first: 1000,
      last: 5000,
      examples: ['HEADER job 1 done', 'HEADER job 2 done', 'HEADER job 3 done'],
    });
  });

  it('`match` counts and learns nothing', () => {
    const miner = createMiner();
    const index = miner.learn('job 1 done', span('job 1 done'));
    miner.match('job 2 done', span('job 2 done'));
    miner.match('something else', span('something else'));
    expect(miner.templates()).toHaveLength(1);
    expect(miner.templateOf(index).count).toBe(1);
  });
});

/** A stream of `kinds` messages with values, names and now and then a new kind. */
function* stream(count: number, kinds: number): Generator<string> {
  const random = createRandom(3);
  const below = (n: number) => Math.floor(random() * n);
  const word = (n: number) => String.fromCharCode(...[n % 26, Math.floor(n / 26) % 26, 7].map(c => 97 + c));
  for (let k = 0; k < count; k++) {
    const kind = below(kinds);
    yield `module${word(kind)} did ${word(kind * 7 + 3)} step for user ${word(below(40))} in ${below(1000)} ms`;
  }
}

describe('ids', () => {
  it('stay the same through merges: a merged index answers with what it became', () => {
    const miner = createMiner();
    const users = ['root', 'cyrus', 'news', 'test', 'guest'];
    const indices = users.map(user =>
      miner.learn(`session closed for user ${user}`, span(`session closed for user ${user}`)),
    );
    const first = miner.templateOf(indices[0]!).id;
    miner.settle();
    expect(indices.map(index => miner.templateOf(index).id)).toEqual(users.map(() => first));
  });

  it('do not depend on what else was seen before', () => {
    const a = createMiner();
    const b = createMiner();
    b.learn('something else', span('something else'));
    const message = 'job 1 done';
    const idOf = (miner: LogTemplateMiner) => miner.templateOf(miner.learn(message, span(message))).id;
    expect(idOf(a)).toBe(idOf(b));
  });

  it('and all else go on as if there had been no restart, wherever it falls', () => {
    const whole = createMiner(64);
    let parts = createMiner(64);
    const stored = new Map<number, unknown>();
    let line = 0;
    for (const message of stream(6000, 90)) {
      expect(parts.learn(message, span(message, line))).toBe(whole.learn(message, span(message, line)));
      if (++line % 501 > 0) continue;
      const { head, templates, gone } = parts.changes();
      for (const record of templates) stored.set(record.index, JSON.parse(JSON.stringify(record)));
      for (const index of gone) stored.delete(index);
      parts = createMiner(64);
      parts.restore(head, stored.values());
    }
    expect(parts.templates()).toEqual(
      whole.templates().map(t => expect.objectContaining({ id: t.id, text: t.text, count: t.count })),
    );
  });

  it('are told once when nothing changed', () => {
    const miner = createMiner();
    miner.learn('a b', span('a b'));
    expect(miner.changes().templates.length).toBeGreaterThan(0);
    expect(miner.changes().templates).toEqual([]);
  });

  it('a store that cannot be read is refused', () => {
    expect(() => createMiner().restore({ next: 1 }, [])).toThrow(RangeError);
    expect(() => createMiner().restore({ next: 1, lines: 0, fresh: 0 }, [{ index: 'x' }])).toThrow(
      RangeError,
    );
  });
});

describe('bounds', () => {
  it('templates beyond the most that are kept count as other lines, and no line is lost', () => {
    const miner = createMiner(100);
    const indices: number[] = [];
    for (let k = 0; k < 5000; k++) {
      const message = `${String.fromCharCode(97 + (k % 26), 97 + (Math.floor(k / 26) % 26), 97 + Math.floor(k / 676))} unlike`;
      indices.push(miner.learn(message, span(message)));
    }
    miner.settle();
    expect(miner.templates().length).toBeLessThanOrEqual(101);
    expect(miner.templates().reduce((sum, { count }) => sum + count, 0)).toBe(5000);
    expect(new Set(indices.map(index => miner.templateOf(index).text)).size).toBeLessThanOrEqual(101);
  });

  it('any text is taken, however long or strange', () => {
    const miner = createMiner(50);
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('"', "'", '{', '}', '://', '<*>', '=', ':', '....', '\u0000', '\n', '1', ' ', '\ud800'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), parts => {
        const message = parts.join('');
        const index = miner.learn(message, span(message));
        const same = miner.match(message, span(message));
        expect(miner.templateOf(same!).id).toBe(miner.templateOf(index).id);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('a line of ten megabytes is one template of a few kilobytes', () => {
    const miner = createMiner();
    for (const piece of ['a', '1:a:', '"', '{', 'x ', 'a.', ':']) {
      const message = piece.repeat(10e6 / piece.length);
      const { text, examples } = miner.templateOf(miner.learn(message, span(message)));
      expect(text.length).toBeLessThan(100_000);
      expect(examples[0]!.length).toBeLessThanOrEqual(1000);
    }
  });
});
