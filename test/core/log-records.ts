import type { LogFields } from '../../core/log-fields.ts';

export const t = Date.UTC(2026, 10, 30, 13, 0, 0, 250);
export const iso = '2026-11-30T13:00:00.250Z';

/** The record as its source writes it, and all that is read from it. */
export const sources: Readonly<Record<string, readonly [Record<string, unknown>, Partial<LogFields>]>> = {
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
