// Tags: the accounts under which a hospital's patients appear on chain. Patients give their own, or the hospital keeps a
// custodial one for them, derived from its seed and the patient's id, which can be handed over later.
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { ArgumentError } from '../errors.ts';
import { accountKey, custodialSeed } from './keys.ts';

export class Tags {
  readonly #hospitalSeed: Uint8Array;
  readonly #known: Map<string, Uint8Array>;

  /**
   * `given`: patient id → the patient's own account, for those who have one. No two patients may have the same account: each
   * would get the other's receipts and could consent for the other's records, and what is stored cannot be changed. Throws
   * ArgumentError for such a pair, EncodingError for an account that is not 20 bytes of 0x-hex.
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
        throw new ArgumentError(
          `tag of patient ${patient}`,
          tag,
          `an account of their own; patient ${owner} has this one`,
        );
      owners.set(tag, patient);
    }
  }

  /** The patient's tag, 20 bytes; custodial if none was given. */
  tag(patient: string): Uint8Array {
    let tag = this.#known.get(patient);
    if (!tag) {
      tag = accountOf(accountKey(custodialSeed(this.#hospitalSeed, patient)));
      this.#known.set(patient, tag);
    }
    return tag;
  }
}
