import type { IndicatorType, IndicatorValue } from './indicator.ts';
import { networkOfIpv4, networkOfIpv6, parseIpv4, parseIpv6 } from './ip-address.ts';

/** A value in its one form, so that equal things are equal texts; `bits` is the length of a network's prefix. */
export interface NormalValue {
  readonly type: IndicatorType;
  readonly value: string;
  readonly bits: number | undefined;
}

const longest = 2048;
/** Networks that are wider would name much of the world. */
const widest = { ipv4: 8, ipv6: 16 } as const;
const hashLengths = new Set([32, 40, 56, 64, 96, 128]);
const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const domainForm = new RegExp(`^(?:${label}\\.)+(?=[a-z0-9-]*[a-z])${label}$`);

/** The one form of what a feed or a log names; undefined for what is none of its type, and for what would match everywhere. */
export function normalValue({ type, value }: IndicatorValue): NormalValue | undefined {
  const text = value.trim();
  if (text === '' || text.length > longest) return undefined;
  if (type === 'ipv4' || type === 'ipv6') return addressOf(type, text);
  const normal = forms[type](text);
  return normal === undefined ? undefined : { type, value: normal, bits: undefined };
}

const forms: Readonly<Record<Exclude<IndicatorType, 'ipv4' | 'ipv6'>, (text: string) => string | undefined>> =
  {
    domain: normalDomain,
    url: normalUrl,
    hash: text =>
      /^[0-9a-f]+$/i.test(text) && hashLengths.has(text.length) ? text.toLowerCase() : undefined,
    email: text => {
      const at = text.lastIndexOf('@');
      const domain = at < 1 || at > 64 ? undefined : normalDomain(text.slice(at + 1));
      return domain === undefined || /[\s<>"']/.test(text.slice(0, at))
        ? undefined
        : `${text.slice(0, at).toLowerCase()}@${domain}`;
    },
  };

/** In lower case, names of other scripts in Punycode, without the dot of the root. */
export function normalDomain(text: string): string | undefined {
  let name = text.toLowerCase().replace(/\.$/, '');
  if (/[^\x20-\x7e]/.test(name)) name = hostOf(`http://${name}/`) ?? '';
  return name.length <= 253 && domainForm.test(name) ? name : undefined;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** As the URL standard writes it, without a fragment, a user, and the slash of a bare host. */
export function normalUrl(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]{1,15}:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.hostname === '') return undefined;
  const path = url.pathname === '/' && url.search === '' ? '' : url.pathname;
  return `${url.protocol}//${url.host}${path}${url.search}`;
}

function addressOf(type: 'ipv4' | 'ipv6', text: string): NormalValue | undefined {
  const [address = '', length] = text.split('/');
  const full = type === 'ipv4' ? 32 : 128;
  const bits = length === undefined ? full : Number(length);
  if (text.split('/').length > 2 || length === '' || !Number.isInteger(bits)) return undefined;
  if (bits < widest[type] || bits > full) return undefined;
  const shown = type === 'ipv4' ? ipv4In(address, bits) : ipv6In(address, bits);
  return shown === undefined ? undefined : { type, value: shown, bits: bits === full ? undefined : bits };
}

/** Not the own machine and no unset address, which stand in every log. */
function ipv4In(address: string, bits: number): string | undefined {
  const number = parseIpv4(address);
  const first = number === undefined ? 0 : Math.floor(number / 2 ** 24);
  return number === undefined || first === 0 || first === 127 ? undefined : networkOfIpv4(number, bits);
}

function ipv6In(address: string, bits: number): string | undefined {
  const groups = parseIpv6(address);
  if (groups === undefined || groups.slice(0, 7).every(group => group === 0)) return undefined;
  return networkOfIpv6(groups, bits);
}
