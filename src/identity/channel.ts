// Channels: one shared secret for each ordered pair of accounts in one deployment. The sender publishes a KEM ciphertext,
// which stays on chain for ever; sender and recipient each derive the secret again when they need it.
import { uint256 } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { decapsulate, encapsulate } from './kem.ts';
import { expand } from './keys.ts';

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

/**
 * The sender's side: K(from→to), 32 bytes, SECRET, and the ciphertext that carries it to the recipient. The same for the
 * same arguments. Throws EncodingError where `recipientKey` is not a valid KEM key.
 */
export function sendingChannel(
  seed: Uint8Array,
  recipientKey: Uint8Array,
  ends: ChannelEnds,
): { ciphertext: Uint8Array; secret: Uint8Array } {
  const { ciphertext, shared } = encapsulate(seed, recipientKey);
  return { ciphertext, secret: channelSecret(shared, ends) };
}

/** The recipient's side: K(from→to), 32 bytes, SECRET. Throws as decapsulate does. */
export function receivingChannel(kemSecretKey: Uint8Array, ciphertext: Uint8Array, ends: ChannelEnds): Uint8Array {
  return channelSecret(decapsulate(kemSecretKey, ciphertext), ends);
}

function channelSecret(shared: Uint8Array, { chainId, contract, from, to }: ChannelEnds): Uint8Array {
  for (const [name, address] of Object.entries({ contract, from, to })) {
    if (address.length !== 20) throw new ArgumentError(name, address, '20 bytes');
  }
  return expand(shared, 'channel', [uint256(chainId), contract, from, to], 32);
}
