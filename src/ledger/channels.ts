// Channels as the chain holds them: the sender publishes a signed ciphertext once, the recipient finds it in the events.
// Neither keeps the secret; both derive it again when they need it. Keys and channels are believed for their signatures
// alone (docs/protocol.md, "Who is believed"): an endpoint can withhold them, not exchange them.
import { toHex } from '../bytes.ts';
import { isChannelOf, isKeyOf, signChannel } from '../contract/signing.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import { receivingChannel, sendingChannel } from '../identity/channel.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import { kemKeys } from '../identity/kem.ts';
import { accountKey } from '../identity/keys.ts';
import { findEvent } from './find-event.ts';
import { deploymentOf, type Site } from './site.ts';

const isZero = (hash: Uint8Array) => hash.every((byte) => byte === 0);

/** X-Wing public key that an account has signed as its own. Throws NOT_REGISTERED. */
export async function kemKeyOf(site: Site, account: Uint8Array): Promise<Uint8Array> {
  const registered = await findEvent(
    site.events,
    'Registered',
    { account },
    async () => !isZero(await site.contract.kemKeyHash(account)),
    ({ kemKey, signature }) => isKeyOf(account, deploymentOf(site), kemKey, signature),
  );
  if (registered !== null) return registered.kemKey;
  const name = toHex(account);
  throw new MIStoreError('NOT_REGISTERED', `account ${name} has not registered a key, or not signed it`, {
    account: name,
  });
}

/** Fingerprint of the key that an account has signed as its own: see identity/fingerprint.ts. Throws NOT_REGISTERED. */
export const fingerprintOf = async (site: Site, account: Uint8Array): Promise<string> =>
  fingerprint(deploymentOf(site), account, await kemKeyOf(site, account));

/** A channel to someone: what its sender publishes, and K(me→to), which is SECRET. */
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

/** K(me→to) for each recipient, in order. Reads only. Throws NOT_REGISTERED, or INVALID_KEY: the contract takes any bytes. */
export async function sendingSecrets(
  site: Site,
  seed: Uint8Array,
  me: Uint8Array,
  recipients: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  return (await channelsTo(site, seed, me, recipients)).map(({ secret }) => secret);
}

/** K(me→to) for each recipient, in order. Publishes the ciphertexts that are not on chain yet. */
export async function openChannels(
  site: Site,
  seed: Uint8Array,
  me: Uint8Array,
  recipients: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  const channels = await channelsTo(site, seed, me, recipients);
  const key = accountKey(seed);
  await Promise.all(
    channels.map(async ({ to, ciphertext }) => {
      if (!isZero(await site.contract.channelOpened(me, to))) return;
      await site.contract.openChannel(to, ciphertext, signChannel(key, deploymentOf(site), to, ciphertext));
    }),
  );
  return channels.map(({ secret }) => secret);
}

/** K(from→me). Throws CHANNEL_MISSING, also for a ciphertext that `from` has not signed or that nobody can open. */
export async function receiveChannel(
  site: Site,
  seed: Uint8Array,
  me: Uint8Array,
  from: Uint8Array,
): Promise<Uint8Array> {
  const deployment = deploymentOf(site);
  const exists = async () => !isZero(await site.contract.channelOpened(from, me));
  const opened = await findEvent(site.events, 'ChannelOpened', { from, to: me }, exists, ({ ciphertext, signature }) =>
    isChannelOf(from, deployment, me, ciphertext, signature),
  );
  if (opened === null) throw channelMissing(from, me, 'a channel');
  try {
    return receivingChannel(kemKeys(seed).secretKey, opened.ciphertext, { ...deployment, from, to: me });
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
