// The fingerprint of an account's KEM key: a line of digits that two people compare by telephone, in any language. It is bound
// to the account and the deployment too, so that one comparison settles all of them. It holds where an account's signature
// would not: against whoever can sign in the account's name.
import { toBigInt, uint256, utf8 } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import type { Deployment } from './channel.ts';
import { KEM_KEY_BYTES } from './kem.ts';

const LABEL = 'MIStore/v2/fingerprint';
/** 10^30 is 2^99.7: another key with the fingerprint of a given one takes so many trials. */
const DIGITS = 30;
const GROUP = 5;

/**
 * Six groups of five digits with spaces between them: keccak256(label ‖ uint256 chain id ‖ contract ‖ account ‖ key), as a
 * number, mod 10^30. `account`: 20 bytes; `kemKey`: KEM_KEY_BYTES. Throws ArgumentError for other lengths.
 */
export function fingerprint({ chainId, contract }: Deployment, account: Uint8Array, kemKey: Uint8Array): string {
  for (const [name, bytes, length] of [
    ['contract', contract, 20],
    ['account', account, 20],
    ['KEM key', kemKey, KEM_KEY_BYTES],
  ] as const) {
    if (bytes.length !== length) throw new ArgumentError(name, bytes, `${length} bytes`);
  }
  const hash = keccak256(utf8(LABEL), uint256(chainId), contract, account, kemKey);
  const digits = (toBigInt(hash) % 10n ** BigInt(DIGITS)).toString().padStart(DIGITS, '0');
  return Array.from({ length: DIGITS / GROUP }, (_, g) => digits.slice(GROUP * g, GROUP * (g + 1))).join(' ');
}
