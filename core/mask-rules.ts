import { isCardNumber, isIban, isPhoneNumber } from './mask-numbers.ts';

/** What is hidden: all that `pattern` (global) finds and `when` agrees to; what is written instead. */
export interface MaskRule {
  readonly pattern: RegExp;
  /** Written in its place; `$1` is what the pattern's first group found. */
  readonly mark: string;
  /** Whether a find is one; `found` is the last group that took part, or the whole. Left out: it is. */
  readonly when?: (found: string) => boolean;
}

/** Names whose values are secrets; a name may begin with more (`db_password`, `X-Api-Key`, `refreshToken`). */
const secretName =
  'password|passwd|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|secret[_-]?key|encryption[_-]?key|credentials?|session[_-]?id|sessid|connect\\.sid|signature|x-amz-credential|cvv|cvc|ssn';
/** Between a name and its value: `=`, `:`, `=>`, with the quotes of (escaped) JSON around. */
const between = `\\\\?["']?\\s{0,4}(?:=>|[:=])\\s{0,4}`;
/** A bare value ends at blanks, quotes and brackets, and at a separator behind which another name stands, or nothing. */
const bare = `(?:(?:bearer|basic|token)\\s+)?(?:[^\\s,;&"'<>()\\[\\]{}\\\\|]|[,;&](?!\\s|$|[\\w"'.-]{1,40}\\\\?["']?\\s?[:=]))+`;
/** A value in double quotes, escaped double quotes, or single quotes; it may be cut before its end. */
const inQuotes = `(?<=\\\\")[^"\\\\]+|(?<=")(?:[^"\\\\]|\\\\(?:.|$))+|(?<=')[^'\\n]+`;

/** Values that say nothing, and those that are hidden already. */
const harmless = /^(?:null|none|nil|undefined|true|false|yes|no|empty|\*+|<\w+>|\.{3}|…)$/i;
const isSecret = (found: string) => !harmless.test(found);
/** A word of prose has small letters only; a token is longer or mixed. */
const isToken = (found: string) => found.length >= 20 || /\d|.[A-Z]|[=+/._~]./.test(found);

function named(names: string): RegExp {
  return new RegExp(
    `((?<![\\w.-])[\\w.-]{0,48}?(?:${names})${between}(?:\\\\?["'])?)(${inQuotes}|${bare})`,
    'gi',
  );
}

const tokenShapes = [
  'eyJ[\\w-]{12,}(?:\\.[\\w-]*)*',
  '(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}(?!\\w)',
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_\\w{20,}',
  'glpat-[\\w-]{16,}',
  'xox[abeoprs]-[\\w-]{10,}',
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{20,}',
  '[rs]k_(?:live|test)_[A-Za-z0-9]{10,}',
  'sk-[\\w-]{20,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'npm_[A-Za-z0-9]{30,}',
  'pypi-[\\w-]{16,}',
  'hv[bsr]\\.[\\w-]{20,}',
  'dop_v1_[a-f0-9]{32,}',
  '\\d{8,10}:AA[\\w-]{33}',
];

/** Units of systemd look like addresses: `getty@tty1.service`. */
const noAddress = 'service|socket|timer|target|mount|slice|scope|device|swap|path|internal|local';

/** In this order: what is certain by its shape first. Every pattern looks at a character a bounded number of times. */
export const maskRules: readonly MaskRule[] = [
  {
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,9}-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,9}-----|$)/g,
    mark: '<private key>',
  },
  { pattern: /(:\/\/)[^\s/?#@:"'<>]{0,128}:[^\s/?#"'<>]{0,256}@/g, mark: '$1<secret>@' },
  { pattern: /(:\/\/)[^\s/?#@:"'<>]{16,256}@/g, mark: '$1<secret>@' },
  {
    pattern:
      /(authorization\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?(?:basic|bearer|token|negotiate|ntlm|apikey)\s+)([^\s"',;<>\\]+)/gi,
    mark: '$1<secret>',
  },
  {
    pattern:
      /(authorization\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?(?:digest|hmac|aws4[\w-]*|oauth|signature)\s+)([^\r\n]+)/gi,
    mark: '$1<secret>',
  },
  {
    pattern:
      /((?<![\w-])(?:proxy-)?authorization\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?)(?!(?:basic|bearer|token|negotiate|ntlm|apikey|digest|hmac|aws4[\w-]*|oauth|signature)\s)([^\s"',;<>\\]+)/gi,
    mark: '$1<secret>',
    when: isSecret,
  },
  {
    pattern:
      /((?<![\w-])(?:set-)?cookie\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?)([^\s=;,"'<>\\]{1,256}=[^\s;"'\\]*(?:;\s{0,4}[^\s=;"'\\]+(?:=[^;"'\r\n\\]*)?)*)/gi,
    mark: '$1<secret>',
  },
  { pattern: new RegExp(`(?<![\\w-])(?:${tokenShapes.join('|')})`, 'g'), mark: '<token>' },
  { pattern: /(hooks\.slack\.com\/services\/)[\w/-]+/g, mark: '$1<token>' },
  { pattern: named(secretName), mark: '$1<secret>', when: isSecret },
  {
    pattern: new RegExp(`(<[\\w:.-]{0,48}?(?:${secretName})>)([^<>]+)(?=</)`, 'gi'),
    mark: '$1<secret>',
    when: isSecret,
  },
  { pattern: named('phone(?:[_-]?number)?|mobile|telephone'), mark: '$1<phone>', when: isPhoneNumber },
  { pattern: /((?<=[?&;])(?:key|sig|auth|pass|code_verifier)=)([^\s&;"'<>]+)/gi, mark: '$1<secret>' },
  {
    pattern: /((?<![\w.-])pass\s?[:=]\s?["']?)([^\s,;&"'<>]*[^\s,;&"'<>\d][^\s,;&"'<>]*)/gi,
    mark: '$1<secret>',
    when: isSecret,
  },
  {
    pattern:
      /((?<![\w-])--?[\w-]{0,32}?(?:password|passwd|passphrase|token|secret|api-?key)\s{1,4}["']?)([^\s"'<>-][^\s"'<>]*)/gi,
    mark: '$1<secret>',
    when: isSecret,
  },
  { pattern: /((?<!\w)(?:bearer|basic)\s{1,4})([\w.~+/=-]{8,})/gi, mark: '$1<secret>', when: isToken },
  {
    pattern: new RegExp(
      `[\\p{L}\\p{N}._+%-]{1,64}(?:@|%40)(?:[\\p{L}\\p{N}-]{1,63}\\.){1,8}(?!(?:${noAddress})(?![\\p{L}\\p{N}-]))\\p{L}{2,24}(?![\\p{L}\\p{N}])`,
      'gu',
    ),
    mark: '<email>',
    when: found => !found.startsWith('git@'),
  },
  {
    pattern:
      /(?<![\w.-])(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{2,7}|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-]|\.\d)/g,
    mark: '<card>',
    when: isCardNumber,
  },
  {
    pattern: /(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)/g,
    mark: '<iban>',
    when: isIban,
  },
  {
    pattern: /(?<![\w+.-])(?:\+|00)[1-9]\d{0,2}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w-]|\.\d)/g,
    mark: '<phone>',
    when: isPhoneNumber,
  },
  { pattern: /(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-]|\.\d)/g, mark: '<phone>' },
  { pattern: /(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w.-])/g, mark: '<ssn>' },
];

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** Addresses of the network: personal data in some countries, and what an engineer looks for. */
export const addressRules: readonly MaskRule[] = [
  { pattern: new RegExp(`(?<![\\w.-])(?:${octet}\\.){3}${octet}(?![\\w-]|\\.\\d)`, 'g'), mark: '<ip>' },
  {
    pattern:
      /(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){0,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){1,6}:)(?![\w:])/gi,
    mark: '<ip>',
    when: found => found.includes('::') || found.split(':').length === 8,
  },
];
