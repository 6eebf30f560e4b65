// Public keys of secp256k1 in browsers, in place of public-key.ts: by noble.
import { secp256k1 } from '@noble/curves/secp256k1.js';

export const publicKeyOf = (privateKey: Uint8Array): Uint8Array => secp256k1.getPublicKey(privateKey, false);
