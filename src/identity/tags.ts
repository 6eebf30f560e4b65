// Tags: the accounts that a hospital's patients stand under on chain. Given by the patient, or custodial: derived from
// the hospital's seed and the patient's id, so that it can be handed over later.
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { ArgumentError } from '../errors.ts';
import { accountKey, custodialSeed } from './keys.ts';

export class Tags {
  readonly #hospitalSeed: Uint8Array;
  readonly #known: Map<string, Uint8Array>;

  /**
   * `given`: patient id → his own account, for those who have one. No two may have the same: each would get the other's
   * receipts, and consent for his records; and what is stored stays so.
   */
  constructor(hospitalSeed: Uint8Array, given: Iterable<readonly [string, Hex]> = []) {
    this.#hospitalSeed = hospitalSeed;
    this.#known = new Map(
      [...given].map(([patient, address]) => [patient, fromHex(address, `tag of patient ${patient}`, 20)]),
    );
    const owners = new Map<string, string>();
    for (const [patient, account] of this.#known) {
      const tag = toHex(account);
      const owner = owners.get(tag);
      if (owner !== undefined)
        throw new ArgumentError(`tag of patient ${patient}`, tag, `his own; patient ${owner} has it`);
      owners.set(tag, patient);
    }
  }

  /** 20 bytes. */
  tag(patient: string): Uint8Array {
    let tag = this.#known.get(patient);
    if (!tag) {
      tag = accountOf(accountKey(custodialSeed(this.#hospitalSeed, patient)));
      this.#known.set(patient, tag);
    }
    return tag;
  }
}
