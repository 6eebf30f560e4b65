// Tags: the accounts that a hospital's patients stand under on chain. Given by the patient, or custodial: derived from
// the hospital's seed and the patient's id, so that it can be handed over later.
import { fromHex, type Hex } from '../bytes.ts';
import { accountKey, custodialSeed } from '../identity/keys.ts';
import { accountOf } from '../ledger/account.ts';

export class Tags {
  readonly #hospitalSeed: Uint8Array;
  readonly #known: Map<string, Uint8Array>;

  /** `given`: patient id → his own account, for those who have one. */
  constructor(hospitalSeed: Uint8Array, given: Iterable<readonly [string, Hex]> = []) {
    this.#hospitalSeed = hospitalSeed;
    this.#known = new Map(
      [...given].map(([patient, address]) => [patient, fromHex(address, `tag of patient ${patient}`, 20)]),
    );
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
