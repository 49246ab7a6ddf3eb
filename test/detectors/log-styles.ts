import { createRandom } from '../../core/random.ts';

const random = createRandom(5);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const below = (n: number) => Math.floor(random() * n);
const two = (n: number) => String(n).padStart(2, '0');
const clock = (k: number) =>
  `${two(Math.floor(k / 3600) % 24)}:${two(Math.floor(k / 60) % 60)}:${two(k % 60)}`;
const level = () => pick(['INFO', 'INFO', 'INFO', 'WARN', 'ERROR', 'DEBUG']);

const kinds: readonly (() => string)[] = [
  () => `Started worker ${below(99)}`,
  () => `Connection from 10.0.0.${below(99)} closed`,
  () => `Cache miss for key user:${below(999)}`,
  () => `error: cannot open /var/spool/x${below(9)}`,
  () => `${below(90)} retries left for job ${below(9)}`,
  () => `[client 1.2.3.${below(9)}] denied`,
  () => 'User login ok',
  () => `took ${below(99)} ms - slow`,
  () => `GET /api/v1/items/${below(99)} 200`,
  () => 'shutdown',
];

/** Messages of ten kinds. */
export function messages(count: number): string[] {
  return Array.from({ length: count }, () => pick(kinds)());
}

/** How programs write a line: message, number of the line -> line. Made up, in the manner of what is in use. */
export const headerStyles: Readonly<Record<string, (message: string, k: number) => string>> = {
  bare: m => m,
  plain: (m, k) => `2020-01-01 ${clock(k)} ${m}`,
  syslog: (m, k) => `Jul  1 ${clock(k)} box-7 ${pick(['kernel', 'crond[12]', 'sshd(pam_unix)[9]'])}: ${m}`,
  subprocess: (m, k) =>
    `Jul 12 ${clock(k)} box-7 ${pick(['launchd[1] (com.a.user.501)', 'kernel[0]'])}: ${m}`,
  kernel: (m, k) => `Jun 14 ${clock(k)} box kernel: [${below(900)}.${100000 + below(899999)}] ${m}`,
  'rsyslog with ISO time': (m, k) =>
    `2020-01-01T${clock(k)}.123456+00:00 host1 ${pick(['sshd[1]', 'ntpd'])}: ${m}`,
  'RFC 5424': (m, k) => `<34>1 2003-10-11T${clock(k)}.003Z mine.example.com su ${below(99)} ID47 - ${m}`,
  'component padded': (m, k) =>
    `2016-09-28 ${clock(k)}, Info                  ${pick(['CBS', 'CSI'])}    ${m}`,
  openstack: (m, k) =>
    `nova-${pick(['api', 'compute'])}.log 2017-05-16 ${clock(k)}.008 25746 ${pick(['INFO', 'WARNING'])} nova.${pick(['api.wsgi', 'compute.manager'])} [${pick(['-', 'req-38101a0b 113d3a99 - - -'])}] ${m}`,
  'supercomputer, time three times': (m, k) =>
    `- ${1131566461 + k} 2005.11.09 ${pick(['dn228', 'aadmin1'])} Nov 9 ${clock(k)} ${pick(['dn228/dn228', 'local@t'])} ${pick(['/sbin/gmetad[1682]', 'kernel'])}: ${m}`,
  'columns before the time': (m, k) =>
    `${below(900000)} node-${below(99)} ${pick(['gige', 'unix.hw', 'action'])} ${pick(['boot', 'error'])} ${1077804742 + k} 1 ${m}`,
  bars: (m, k) => `20171223-${clock(k)}:606|${pick(['Step_LSC', 'HiSync'])}|30002312|${m}`,
  'program and dash': (m, k) =>
    `[10.30 ${clock(k)}] ${pick(['chrome.exe', 'chrome.exe', 'chrome.exe', 'app.exe *64'])} - ${m}`,
  logback: (m, k) =>
    `${clock(k)}.744 [${pick(['main', 'http-nio-8080-exec-3'])}] ${level().padEnd(5)} ${pick(['c.f.Bar', 'o.s.X'])} - ${m}`,
  'spring boot': (m, k) =>
    `2020-01-01 ${clock(k)}.123  ${level().padStart(5)} 12345 --- [${pick(['           main', 'nio-8080-exec-1'])}] ${pick(['o.s.TomcatWebServer ', 'c.e.App             '])} : ${m}`,
  python: (m, k) => `2020-01-01 ${clock(k)},000 - ${pick(['root', 'app.db'])} - ${level()} - ${m}`,
  'python, basic': m => `${level()}:${pick(['root', 'app.db'])}:${m}`,
  klog: (m, k) =>
    `${pick(['I', 'W', 'E'])}0614 ${clock(k)}.789012       1 ${pick(['server.go:123', 'a.go:9'])}] ${m}`,
  postgres: (m, k) =>
    `2020-01-01 ${clock(k)}.000 UTC [${below(999)}] ${pick(['LOG', 'ERROR', 'FATAL'])}:  ${m}`,
  mysql: (m, k) =>
    `2020-01-01T${clock(k)}.000000Z ${below(9)} [${pick(['Note', 'Warning'])}] [MY-010931] [Server] ${m}`,
  redis: (m, k) => `1:M 01 Jan 2020 ${clock(k)}.000 ${pick(['*', '#', '-'])} ${m}`,
  elasticsearch: (m, k) =>
    `[2020-01-01T${clock(k)},000][${level().padEnd(5)}][o.e.n.Node               ] [node-1] ${m}`,
  apache: (m, k) => `[Sun Dec 04 ${clock(k)} 2005] [${pick(['notice', 'error'])}] ${m}`,
  'container runtime': (m, k) => `2020-01-01T${clock(k)}.000000000Z ${pick(['stdout', 'stderr'])} F ${m}`,
  'header in a header': (m, k) =>
    `2020-01-01T${clock(k)}.000000000Z ${pick(['stdout', 'stderr'])} F 2020-01-01 ${clock(k)},000 ${level()} [main] com.foo.Bar: ${m}`,
  compose: (m, k) => `${pick(['web_1  ', 'db_1   '])} | 2020-01-01T${clock(k)}Z ${level()} ${m}`,
  tabs: (m, k) => `2020-01-01T${clock(k)}.000Z\t${level()}\thttp\tserver/main.go:12\t${m}`,
  logfmt: (m, k) => `time="2020-01-01T${clock(k)}Z" level=info msg="${m}" component=x`,
  'level in short': (m, k) => `[${clock(k)} ${pick(['INF', 'ERR', 'WRN'])}] ${m}`,
  'level in lower case': (m, k) => `2020-01-01T${clock(k)}.000Z ${pick(['info', 'error', 'warn'])}: ${m}`,
  rails: (m, k) =>
    `${pick(['I', 'W', 'E'])}, [2020-01-01T${clock(k)}.123456 #${below(999)}]  ${level().padStart(5)} -- : ${m}`,
  'level first': (m, k) => `${level()} [2020-01-01 ${clock(k)},123] ${pick(['com.a.B', 'com.c.D'])}: ${m}`,
};
