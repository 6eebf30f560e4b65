// Channels on chain: the sender publishes a ciphertext once, and the recipient finds it in the events. Neither of them keeps
// the secret; both derive it again when they need it.
import { equalBytes, toHex } from '../bytes.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import { receivingChannel, sendingChannel } from '../identity/channel.ts';
import { kemKeys } from '../identity/kem.ts';
import { keccak256 } from '../keccak.ts';
import { findEvent } from './find-event.ts';
import { deploymentOf, type Site } from './site.ts';

/** KEM key of an account, checked against its hash in the contract. Throws NOT_REGISTERED. */
async function kemKeyOf(site: Site, account: Uint8Array): Promise<Uint8Array> {
  const hash = await site.contract.kemKeyHash(account);
  const registered = await findEvent(
    site.events,
    'Registered',
    { account },
    async () => hash.some((byte) => byte !== 0),
    ({ kemKey }) => equalBytes(keccak256(kemKey), hash),
  );
  if (registered !== null) return registered.kemKey;
  throw new MIStoreError('NOT_REGISTERED', `account ${toHex(account)} has not registered a key`, {
    account: toHex(account),
  });
}

/** A channel to someone: the ciphertext to publish, and K(me→to). SECRET. */
interface SendingChannel {
  to: Uint8Array;
  ciphertext: Uint8Array;
  secret: Uint8Array;
}

function channelsTo(site: Site, seed: Uint8Array, me: Uint8Array, recipients: readonly Uint8Array[]) {
  const channel = async (to: Uint8Array): Promise<SendingChannel> => {
    const place = { ...deploymentOf(site), from: me, to };
    const key = await kemKeyOf(site, to);
    try {
      return { to, ...sendingChannel(seed, key, place) };
    } catch (cause) {
      if (!(cause instanceof EncodingError)) throw cause;
      const account = toHex(to);
      const message = `the key that account ${account} has registered is not a valid X-Wing public key`;
      throw new MIStoreError('INVALID_KEY', message, { account }, { cause });
    }
  };
  return Promise.all(recipients.map(channel));
}

/**
 * K(me→to) for each recipient, in order, 32 bytes each, SECRET. Sends nothing. Throws NOT_REGISTERED, or INVALID_KEY for a
 * registered key that is not one (the contract takes any bytes of the right length).
 */
export async function sendingSecrets(
  site: Site,
  seed: Uint8Array,
  me: Uint8Array,
  recipients: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  return (await channelsTo(site, seed, me, recipients)).map(({ secret }) => secret);
}

/** As sendingSecrets, and publishes the ciphertexts that are not on chain yet. */
export async function openChannels(
  site: Site,
  seed: Uint8Array,
  me: Uint8Array,
  recipients: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  const channels = await channelsTo(site, seed, me, recipients);
  await Promise.all(
    channels.map(async ({ to, ciphertext }) => {
      if (!(await site.contract.channelOpened(me, to))) await site.contract.openChannel(to, ciphertext);
    }),
  );
  return channels.map(({ secret }) => secret);
}

/** K(from→me), 32 bytes, SECRET. Throws CHANNEL_MISSING, also for a ciphertext that is not a valid one. */
export async function receiveChannel(
  site: Site,
  seed: Uint8Array,
  me: Uint8Array,
  from: Uint8Array,
): Promise<Uint8Array> {
  const exists = () => site.contract.channelOpened(from, me);
  const opened = await findEvent(site.events, 'ChannelOpened', { from, to: me }, exists);
  if (opened === null) throw channelMissing(from, me, 'a channel');
  try {
    return receivingChannel(kemKeys(seed).secretKey, opened.ciphertext, { ...deploymentOf(site), from, to: me });
  } catch (cause) {
    if (!(cause instanceof EncodingError)) throw cause;
    throw channelMissing(from, me, 'a valid channel', cause);
  }
}

function channelMissing(from: Uint8Array, to: Uint8Array, what: string, cause?: Error): MIStoreError {
  const details = { from: toHex(from), to: toHex(to) };
  const message = `${details.from} has not opened ${what} to ${details.to}`;
  return new MIStoreError('CHANNEL_MISSING', message, details, cause && { cause });
}
