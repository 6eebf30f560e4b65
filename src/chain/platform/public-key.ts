// Public keys of secp256k1 by Node, in half the time that noble takes: an ingest derives an account for each patient. In
// browsers public-key-browser.ts stands in for this file, with the same exports.
import { createECDH } from 'node:crypto';

/** The public key of a private key (32 bytes, which must be valid): 0x04 ‖ x ‖ y, 65 bytes. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  const pair = createECDH('secp256k1');
  pair.setPrivateKey(privateKey);
  return pair.getPublicKey();
}
