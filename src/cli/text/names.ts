// Accounts and ledgers as people are shown them: with the name that the network file gives them, beside what programs know
// them by. What --json prints, and what errors of the library say, has no names.
import { addressText } from '../../address.ts';
import { toHex } from '../../bytes.ts';
import type { Network } from '../../network/network-file.ts';

export class Names {
  readonly #accounts: ReadonlyMap<string, string>;
  readonly #ledgers: ReadonlyMap<string, string>;

  constructor({ names, ledgers }: Pick<Network, 'names' | 'ledgers'> = { names: new Map(), ledgers: new Map() }) {
    this.#accounts = byBytes(names);
    this.#ledgers = byBytes(ledgers);
  }

  /** "acme (0xAB12…)", the whole address with its checksum; the address alone where it has no name. */
  account(address: Uint8Array): string {
    return beside(this.nameOf(address), addressText(address));
  }

  /** "acme (0xAB12…), 0xCD34… and 0xEF56…"; at least one address. */
  accounts(addresses: readonly Uint8Array[]): string {
    const shown = addresses.map((address) => this.account(address));
    return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
  }

  /** "bills (0x12ab…)", the whole id; the id alone where it has no name. */
  ledger(id: Uint8Array): string {
    return beside(this.#ledgers.get(toHex(id)), toHex(id));
  }

  /** The name alone of an account. */
  nameOf(address: Uint8Array): string | undefined {
    return this.#accounts.get(toHex(address));
  }

  /** The name alone of a ledger. */
  nameOfLedger(id: Uint8Array): string | undefined {
    return this.#ledgers.get(toHex(id));
  }
}

const byBytes = (known: ReadonlyMap<string, Uint8Array>) =>
  new Map([...known].map(([name, bytes]) => [toHex(bytes), name]));

const beside = (name: string | undefined, text: string) => (name === undefined ? text : `${name} (${text})`);
