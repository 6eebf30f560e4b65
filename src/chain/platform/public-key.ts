// Public keys of secp256k1 by Node, in half the time that noble takes: an ingest derives an account for each patient. Bun's
// node:crypto does not have the curve; there noble computes them. In browsers public-key-browser.ts stands in for this file,
// with the same exports.
import { createECDH, getCurves } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';

let hasCurve: boolean | undefined;

/** The public key of a private key (32 bytes, which must be valid): 0x04 ‖ x ‖ y, 65 bytes. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  hasCurve ??= getCurves().includes('secp256k1');
  if (!hasCurve) return secp256k1.getPublicKey(privateKey, false);
  const pair = createECDH('secp256k1');
  pair.setPrivateKey(privateKey);
  return pair.getPublicKey();
}
