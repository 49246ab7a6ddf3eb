/** An address of IPv4 as a number; undefined for what is none, such as one with leading zeros, whose base nobody knows. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return address;
}

/** The eight groups of an address of IPv6, RFC 4291 section 2.2, also with IPv4 at its end; undefined for what is none. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [k, part] of parts.entries()) {
    const v4 = k === parts.length - 1 ? parseIpv4(part) : undefined;
    if (v4 !== undefined) groups.push(Math.floor(v4 / 65_536), v4 % 65_536);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** The network of so many bits that an address of IPv4 is in, as `192.0.2.0/24`. */
export function networkOfIpv4(address: number, bits: number): string {
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  const network = (address & mask) >>> 0;
  const shown = [24, 16, 8, 0].map(shift => (network >>> shift) & 255).join('.');
  return bits === 32 ? shown : `${shown}/${bits}`;
}

/** The network of so many bits that an address of IPv6 is in: its eight groups in hexadecimal, none left out. */
export function networkOfIpv6(groups: readonly number[], bits: number): string {
  const shown = groups.map((group, k) => {
    const kept = Math.max(0, Math.min(16, bits - 16 * k));
    return (group & ((0xffff << (16 - kept)) & 0xffff)).toString(16);
  });
  return bits === 128 ? shown.join(':') : `${shown.join(':')}/${bits}`;
}
