// The accounts under which a hospital's patients appear on chain. Patients give their own, or the hospital keeps a custodial
// one for them, derived from its seed and the patient's id, which can be handed over later.
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { ArgumentError } from '../errors.ts';
import { accountKey, custodialSeed } from './keys.ts';

/**
 * The accounts of a hospital's patients: their own, where they have given one, else those that the hospital keeps
 * for them.
 */
export class PatientAccounts {
  readonly #hospitalSeed: Uint8Array;
  readonly #given: Map<string, readonly Uint8Array[]>;
  readonly #custodial = new Map<string, Uint8Array>();

  /**
   * `given`: patient id → the patient's own accounts, the present one first, then former ones, for those who have one. No two
   * patients may have the same account: each would get the other's receipts and could consent for the other's records, and
   * what is stored cannot be changed. Throws ArgumentError for such a pair, EncodingError for an account that is not 20 bytes
   * of 0x-hex.
   */
  constructor(hospitalSeed: Uint8Array, given: Iterable<readonly [string, readonly Hex[]]> = []) {
    this.#hospitalSeed = hospitalSeed;
    this.#given = new Map(
      [...given].map(([patient, accounts]) => [
        patient,
        accounts.map((account) => fromHex(account, `account of patient ${patient}`, 20)),
      ]),
    );
    const owners = new Map<string, string>();
    for (const [patient, accounts] of this.#given) {
      for (const account of accounts.map(toHex)) {
        const owner = owners.get(account);
        if (owner !== undefined) {
          const allowed = `an account of their own; patient ${owner} has this one`;
          throw new ArgumentError(`account of patient ${patient}`, account, allowed);
        }
        owners.set(account, patient);
      }
    }
  }

  /** Ids of the patients who have given accounts of their own. */
  get given(): Iterable<string> {
    return this.#given.keys();
  }

  /** The patient's accounts, 20 bytes each: the present one, then former ones. The custodial one is always among them. */
  accounts(patient: string): readonly Uint8Array[] {
    const given = this.#given.get(patient);
    return given === undefined ? [this.#custodialOf(patient)] : [...given, this.#custodialOf(patient)];
  }

  #custodialOf(patient: string): Uint8Array {
    let account = this.#custodial.get(patient);
    if (!account) {
      account = accountOf(accountKey(custodialSeed(this.#hospitalSeed, patient)));
      this.#custodial.set(patient, account);
    }
    return account;
  }
}
