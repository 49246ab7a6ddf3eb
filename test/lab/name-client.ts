import { Resolver } from 'node:dns/promises';
import { CallFailure } from './call-failure.ts';

const keptMs = 2000;

/** Looks names up in the lab's name server and keeps an answer for two seconds; failures are not kept. */
export class NameClient {
  readonly #resolver = new Resolver({ timeout: 500, tries: 1 });
  readonly #known = new Map<string, { readonly address: string; readonly until: number }>();
  readonly #counted: (look: () => Promise<string>) => Promise<string>;

  /** `counted` runs each look-up that really asks the server. */
  constructor(port: number, counted: (look: () => Promise<string>) => Promise<string>) {
    this.#resolver.setServers([`127.0.0.1:${port}`]);
    this.#counted = counted;
  }

  async address(name: string): Promise<string> {
    const known = this.#known.get(name);
    if (known && known.until > performance.now()) return known.address;
    const address = await this.#counted(() => this.#ask(name));
    this.#known.set(name, { address, until: performance.now() + keptMs });
    return address;
  }

  async #ask(name: string): Promise<string> {
    try {
      const [address] = await this.#resolver.resolve4(`${name}.lab`);
      if (address !== undefined) return address;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new CallFailure(`cannot resolve ${name}.lab: ${code}`, { timeout: code === 'ETIMEOUT' });
    }
    throw new CallFailure(`cannot resolve ${name}.lab: no address`);
  }
}
