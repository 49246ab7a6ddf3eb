import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf, type LogFields } from '../../core/log-fields.ts';
import { instantOfNumber, instantOfText } from '../../core/log-instant.ts';
import { levelOfName, levelOfNumber } from '../../core/log-level.ts';

const t = Date.UTC(2026, 10, 30, 13, 0, 0, 250);
const iso = '2026-11-30T13:00:00.250Z';

/** The record as its source writes it, and all that is read from it. */
const sources: Readonly<Record<string, readonly [Record<string, unknown>, Partial<LogFields>]>> = {
  'ECS, dotted': [
    {
      '@timestamp': iso,
      'log.level': 'ERROR',
      message: 'boom',
      'service.name': 'cart',
      'host.name': 'h1',
      'trace.id': 'abc',
      'error.stack_trace': 'at x',
    },
    {
      t,
      level: 'error',
      message: 'boom',
      service: 'cart',
      host: 'h1',
      traceId: 'abc',
      attributes: { 'error.stack_trace': 'at x' },
    },
  ],
  'ECS, nested': [
    {
      '@timestamp': iso,
      log: { level: 'warn', logger: 'a.B' },
      message: 'm',
      service: { name: 'cart' },
      host: { name: 'h1' },
      trace: { id: 'abc' },
    },
    {
      t,
      level: 'warn',
      message: 'm',
      service: 'cart',
      host: 'h1',
      traceId: 'abc',
      attributes: { 'log.logger': 'a.B' },
    },
  ],
  'OpenTelemetry, OTLP JSON': [
    {
      timeUnixNano: `${t}000000`,
      observedTimeUnixNano: '1',
      severityNumber: 17,
      body: { stringValue: 'boom' },
      traceId: '4bf9',
      attributes: [{ key: 'http.status', value: { intValue: '500' } }],
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'cart' } },
          { key: 'host.name', value: { stringValue: 'h1' } },
        ],
      },
    },
    {
      t,
      level: 'error',
      message: 'boom',
      service: 'cart',
      host: 'h1',
      traceId: '4bf9',
      attributes: { 'http.status': '500' },
    },
  ],
  'OpenTelemetry, as a data model': [
    {
      Timestamp: `${t}000000`,
      SeverityText: 'Info',
      SeverityNumber: 9,
      Body: 'hi',
      TraceId: '4bf9',
      Resource: { 'service.name': 'cart' },
      Attributes: { k: 1 },
    },
    { t, level: 'info', message: 'hi', service: 'cart', traceId: '4bf9', attributes: { k: '1' } },
  ],
  'Fluent Bit in Kubernetes, plain text': [
    {
      time: iso,
      stream: 'stderr',
      log: 'panic: nil\n',
      kubernetes: {
        pod_name: 'cart-1',
        namespace_name: 'shop',
        container_name: 'cart',
        host: 'node-1',
        labels: { 'app.kubernetes.io/name': 'cart-app' },
      },
    },
    {
      t,
      message: 'panic: nil',
      service: 'cart-app',
      host: 'node-1',
      level: undefined,
      attributes: {
        stream: 'stderr',
        'kubernetes.pod_name': 'cart-1',
        'kubernetes.namespace_name': 'shop',
        'kubernetes.container_name': 'cart',
      },
    },
  ],
  'Docker with JSON of the program inside: the program knows better': [
    {
      time: '2026-11-30T13:00:09Z',
      stream: 'stdout',
      log: `{"level":"error","ts":${t / 1000},"msg":"boom","service":"cart"}\n`,
      hostname: 'node-1',
    },
    { t, level: 'error', message: 'boom', service: 'cart', host: 'node-1', attributes: { stream: 'stdout' } },
  ],
  'Docker with broken JSON inside': [
    { time: iso, log: '{"level":"error"' },
    { t, level: undefined, message: '{"level":"error"', attributes: {} },
  ],
  pino: [
    { level: 50, time: t, pid: 7, hostname: 'h1', name: 'cart', msg: 'boom' },
    { t, level: 'error', message: 'boom', service: 'cart', host: 'h1', attributes: { pid: '7' } },
  ],
  bunyan: [
    { name: 'cart', hostname: 'h1', pid: 7, level: 30, msg: 'hi', time: iso, v: 0 },
    { t, level: 'info', message: 'hi', service: 'cart', host: 'h1', attributes: { pid: '7', v: '0' } },
  ],
  zap: [
    { level: 'dpanic', ts: t / 1000, caller: 'a.go:1', msg: 'boom' },
    { t, level: 'fatal', message: 'boom', attributes: { caller: 'a.go:1' } },
  ],
  logrus: [
    { level: 'warning', msg: 'hm', time: '2026-11-30T14:00:00.25+01:00' },
    { t, level: 'warn', message: 'hm' },
  ],
  winston: [
    { level: 'silly', message: 'hm', timestamp: iso, service: 'cart' },
    { t, level: 'trace', message: 'hm', service: 'cart' },
  ],
  structlog: [
    { event: 'boom', level: 'critical', timestamp: '2026-11-30 13:00:00.250', logger: 'cart.views' },
    { t, level: 'fatal', message: 'boom', attributes: { logger: 'cart.views' } },
  ],
  'python-json-logger': [
    { asctime: '2026-11-30 13:00:00,250', levelname: 'WARNING', levelno: 30, message: 'hm', name: 'cart' },
    { t, level: 'warn', message: 'hm', service: 'cart' },
  ],
  'python by number alone': [{ levelno: 30 }, { level: 'warn' }],
  GELF: [
    {
      version: '1.1',
      host: 'h1',
      short_message: 'boom',
      full_message: 'boom\nat x',
      timestamp: t / 1000,
      level: 3,
      _user_id: 42,
    },
    {
      t,
      level: 'error',
      message: 'boom',
      host: 'h1',
      attributes: { version: '1.1', full_message: 'boom\nat x', _user_id: '42' },
    },
  ],
  journald: [
    {
      MESSAGE: 'boom',
      PRIORITY: '4',
      __REALTIME_TIMESTAMP: `${t}000`,
      _HOSTNAME: 'h1',
      SYSLOG_IDENTIFIER: 'sshd',
      _PID: '1',
    },
    { t, level: 'warn', message: 'boom', host: 'h1', service: 'sshd', attributes: { _PID: '1' } },
  ],
  'journald, a message of bytes': [{ MESSAGE: [98, 111, 111, 109, 195, 164] }, { message: 'boomä' }],
  'rsyslog JSON': [
    {
      timereported: iso,
      'syslogseverity-text': 'err',
      syslogseverity: 3,
      fromhost: 'h1',
      programname: 'sshd',
      msg: ' boom',
    },
    { t, level: 'error', message: ' boom', host: 'h1', service: 'sshd' },
  ],
  'Serilog, compact': [
    { '@t': iso, '@m': 'hi 7', '@l': 'Information', '@mt': 'hi {n}' },
    { t, level: 'info', message: 'hi 7', attributes: { '@mt': 'hi {n}' } },
  ],
  'Log4j 2': [
    {
      instant: { epochSecond: Math.floor(t / 1000), nanoOfSecond: 250000000 },
      level: 'FATAL',
      loggerName: 'a.B',
      message: 'boom',
      contextMap: { traceId: 'abc' },
    },
    { t: t - 250, level: 'fatal', message: 'boom', traceId: 'abc' },
  ],
  Monolog: [
    {
      message: 'boom',
      context: { user: 7, message: 'inner' },
      level: 400,
      level_name: 'ERROR',
      channel: 'app',
      datetime: '2026-11-30T13:00:00.250000+00:00',
    },
    { t, level: 'error', message: 'boom', attributes: { channel: 'app', user: '7', message: 'inner' } },
  ],
  'an audit event': [
    {
      timestamp: iso,
      event: { action: 'login', outcome: 'failure' },
      user: { name: 'bob' },
      tags: ['a', 'b'],
      gone: null,
    },
    {
      t,
      message: undefined,
      attributes: { 'event.action': 'login', 'event.outcome': 'failure', 'user.name': 'bob', tags: 'a,b' },
    },
  ],
};

describe('a structured record is understood as its source means it', () => {
  for (const [name, [record, read]] of Object.entries(sources))
    it(name, () => expect(fieldsOf(record)).toMatchObject(read));

  it('what is no time, level or message under such a name is an attribute', () => {
    const { attributes, ...rest } = fieldsOf({
      time: 12.5,
      level: 'basement',
      message: { a: 1 },
      ts: 'soon',
    });
    expect(attributes).toEqual({ time: '12.5', level: 'basement', 'message.a': '1', ts: 'soon' });
    expect(Object.values(rest).every(value => value === undefined)).toBe(true);
  });
});

describe('attributes are bounded', () => {
  it('in number and in length', () => {
    const { attributes } = fieldsOf(
      Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`a${i}`, 'x'.repeat(999)])),
    );
    expect(Object.keys(attributes)).toHaveLength(40);
    expect(Math.max(...Object.values(attributes).map(({ length }) => length))).toBe(256);
  });

  it('in depth', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = { a: deep };
    expect(fieldsOf({ deep }).attributes).toEqual({});
  });
});

it('any JSON value is read without an error, into plain text and finite times', () => {
  const names = fc.constantFrom(
    'log',
    'message',
    'level',
    'time',
    '@timestamp',
    'severityNumber',
    'body',
    'resource',
    'attributes',
    '__proto__',
    'key',
    'value',
    'stringValue',
    'values',
  );
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(names, fc.string()), tie('tree'), { maxKeys: 6 }),
      fc.jsonValue().map(value => JSON.stringify(value)),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(names, fc.string()), tree), record => {
      const { t: time, attributes, ...texts } = fieldsOf(record);
      expect(time === undefined || Number.isSafeInteger(time)).toBe(true);
      for (const text of [...Object.values(attributes), ...Object.values(texts)])
        expect(['string', 'undefined']).toContain(typeof text);
    }),
    { numRuns: 500 },
  );
});

describe('times', () => {
  it('are seconds, ms, us or ns by their size', () => {
    for (const scale of [1e-3, 1, 1e3, 1e6]) expect(instantOfNumber(t * scale)).toBe(t);
    for (const none of [0, -1, 12.5, 2026, 1e30, Number.NaN]) expect(instantOfNumber(none)).toBeUndefined();
  });

  const texts: readonly (readonly [string, number | undefined])[] = [
    ['2026-11-30T13:00:00.250Z', t],
    ['2026-11-30 13:00:00,250', t],
    ['2026-11-30T14:00:00.250000000+0100', t],
    ['2026-11-30T08:00:00.25-05:00', t],
    ['2026-11-30', Date.UTC(2026, 10, 30)],
    ['30/Nov/2026:13:00:00 +0000', t - 250],
    ['Mon, 30 Nov 2026 13:00:00 GMT', t - 250],
    [`${t}`, t],
    [`${t / 1000}`, t],
    ['yesterday', undefined],
    ['', undefined],
  ];
  for (const [text, ms] of texts) it(JSON.stringify(text), () => expect(instantOfText(text)).toBe(ms));
});

describe('levels', () => {
  it('are known by all usual names', () => {
    const of = (names: string) => [...new Set(names.split(' ').map(levelOfName))];
    expect(of('TRACE verbose FINEST')).toEqual(['trace']);
    expect(of('Debug DBG DEBUG5 fine')).toEqual(['debug']);
    expect(of('INFO Information notice [info] LOG')).toEqual(['info']);
    expect(of('WARN Warning wrn W')).toEqual(['warn']);
    expect(of('ERROR err SEVERE E')).toEqual(['error']);
    expect(of('FATAL critical alert emerg PANIC ftl')).toEqual(['fatal']);
    expect(of('basement kitchen')).toEqual([undefined]);
  });

  it('are known by the numbers of syslog, pino and Monolog', () => {
    expect([0, 3, 4, 6, 7].map(levelOfNumber)).toEqual(['fatal', 'error', 'warn', 'info', 'debug']);
    expect([10, 20, 30, 35, 40, 50, 60].map(levelOfNumber)).toEqual([
      'trace',
      'debug',
      'info',
      'info',
      'warn',
      'error',
      'fatal',
    ]);
    expect([100, 200, 250, 300, 400, 550].map(levelOfNumber)).toEqual([
      'debug',
      'info',
      'info',
      'warn',
      'error',
      'fatal',
    ]);
    expect([-1, 8.5, 99, 1000, Number.NaN].map(levelOfNumber)).toEqual(new Array(5).fill(undefined));
  });
});
