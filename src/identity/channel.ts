// Channels: one shared secret for each ordered pair of accounts, by an X-Wing encapsulation (hybrid post-quantum KEM,
// draft-connolly-cfrg-xwing-kem) whose ciphertext is public on chain for ever. The sender's randomness is derived from
// its seed and the recipient's key, so it can recompute the secret and never encapsulates twice with the same coins
// for different keys.
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import { uint256 } from '../bytes.ts';
import { ArgumentError, EncodingError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import { checkSeed, expand } from './keys.ts';

export const KEM_KEY_BYTES = 1216;
export const CIPHERTEXT_BYTES = 1120;

/** The contract that everything secret or signed is bound to. */
export interface Deployment {
  chainId: bigint;
  /** 20 bytes. */
  contract: Uint8Array;
}

/** From whom to whom, 20-byte addresses. */
export interface ChannelEnds extends Deployment {
  from: Uint8Array;
  to: Uint8Array;
}

/** K(from→to) and the ciphertext that tells it to the recipient; deterministic. Throws EncodingError for an invalid key. */
export function sendingChannel(
  seed: Uint8Array,
  recipientKey: Uint8Array,
  ends: ChannelEnds,
): { ciphertext: Uint8Array; secret: Uint8Array } {
  checkSeed(seed);
  if (recipientKey.length !== KEM_KEY_BYTES) throw new ArgumentError('KEM key', recipientKey, `${KEM_KEY_BYTES} bytes`);
  const coins = expand(seed, 'encapsulate', [keccak256(recipientKey)], 64);
  const { cipherText, sharedSecret } = valid('KEM key', 'public key', () => xwing.encapsulate(recipientKey, coins));
  return { ciphertext: cipherText, secret: channelSecret(sharedSecret, ends) };
}

/**
 * The recipient's side. A ciphertext made for another key gives another secret, not an error (implicit rejection).
 * Throws EncodingError for one whose X25519 part is of low order.
 */
export function receivingChannel(kemSecretKey: Uint8Array, ciphertext: Uint8Array, ends: ChannelEnds): Uint8Array {
  if (ciphertext.length !== CIPHERTEXT_BYTES)
    throw new ArgumentError('KEM ciphertext', ciphertext, `${CIPHERTEXT_BYTES} bytes`);
  const shared = valid('KEM ciphertext', 'ciphertext', () => xwing.decapsulate(ciphertext, kemSecretKey));
  return channelSecret(shared, ends);
}

function valid<T>(what: string, kind: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw new EncodingError(what, `is not a valid X-Wing ${kind}`, { cause: (cause as Error).message });
  }
}

function channelSecret(shared: Uint8Array, { chainId, contract, from, to }: ChannelEnds): Uint8Array {
  for (const [name, address] of Object.entries({ contract, from, to })) {
    if (address.length !== 20) throw new ArgumentError(name, address, '20 bytes');
  }
  return expand(shared, 'channel', [uint256(chainId), contract, from, to], 32);
}
