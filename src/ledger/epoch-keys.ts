// The keys of an epoch as the chain holds them (docs/protocol.md, "Keys of the subsets"): the hospital publishes each seat's packet and the list
// of hashes, and finds out whether what stands on chain is its own; a server opens its packet and compares.
import { concat, equalBytes } from '../bytes.ts';
import { IncompleteLogsError } from '../chain/errors.ts';
import { MIStoreError } from '../errors.ts';
import {
  checkKeys,
  digestOfKeys,
  keyList,
  keysOf,
  openKeys,
  partCount,
  partsOf,
  sealKeys,
  subsetKeys,
} from '../vss/subset-keys.ts';
import { deploymentOf, type Site } from './site.ts';
import type { Epoch, LedgerView } from './view.ts';

const placeOf = (site: Site, { committeeHash }: Pick<Epoch, 'committeeHash'>) => ({
  ...deploymentOf(site),
  committeeHash,
});

/** The parts of a seat's packet (0: of the list) that stand on chain: of each part the first that was published. */
async function partsOnChain(site: Site, ledger: LedgerView, epoch: number, seat: number): Promise<Uint8Array[]> {
  const { ledgerId, committee } = ledger;
  const count = partCount(committee, seat);
  const parts: Uint8Array[] = [];
  for await (const event of site.events.read('KeysDealt', { ledgerId, epoch, seat })) {
    if (event.part === parts.length && event.part < count) parts.push(event.ciphertext);
  }
  return parts;
}

/** Publishes the epoch's list and packets, but for what stands on chain. `channels[i − 1]`: K(hospital→seat i). */
export async function dealKeys(
  site: Site,
  ledger: LedgerView,
  epoch: Pick<Epoch, 'epoch' | 'committeeHash'>,
  dealingKey: Uint8Array,
  channels: readonly Uint8Array[],
): Promise<void> {
  const { committee, ledgerId } = ledger;
  const place = placeOf(site, epoch);
  const keys = subsetKeys(dealingKey, place, committee);
  const send = async (seat: number, parts: readonly Uint8Array[]) => {
    const sent = (await partsOnChain(site, ledger, epoch.epoch, seat)).length;
    for (const [part, ciphertext] of parts.entries()) {
      if (part >= sent) await site.contract.dealKeys({ ledgerId, epoch: epoch.epoch, seat, part, ciphertext });
    }
  };
  await send(0, partsOf(keyList(keys)));
  for (const [s, channel] of channels.entries()) {
    await send(s + 1, sealKeys(channel, place, s + 1, keysOf(committee, s + 1, keys)));
  }
  keys.fill(0);
}

/** Digest of the keys that this dealing key gives for a committee, 32 bytes. */
export function digestOfEpoch(
  site: Site,
  dealingKey: Uint8Array,
  ledger: Pick<LedgerView, 'committee'>,
  committeeHash: Uint8Array,
): Uint8Array {
  const keys = subsetKeys(dealingKey, placeOf(site, { committeeHash }), ledger.committee);
  const digest = digestOfKeys(keyList(keys));
  keys.fill(0);
  return digest;
}

/** Throws NOT_OUR_KEYS unless every epoch's digest is that of the hospital's own keys under the committee it computes. */
export function checkOwnKeys(site: Site, ledger: LedgerView, dealingKey: Uint8Array): void {
  for (const { epoch, committeeHash, digest } of ledger.epochs) {
    if (equalBytes(digestOfEpoch(site, dealingKey, ledger, committeeHash), digest)) continue;
    const message = `the keys of epoch ${epoch} are not of this hospital's seed: the endpoint shows another ledger, or one that this seed did not open; nothing was sent`;
    throw new MIStoreError('NOT_OUR_KEYS', message, { epoch });
  }
}

/**
 * The keys of a seat in an epoch, in order, from its packet on chain. SECRET. Throws IncompleteLogsError where the source shows
 * no packet or list, and an EncodingError where they do not open, are not whole, or do not fit the epoch's digest.
 */
export async function receiveKeys(
  site: Site,
  ledger: LedgerView,
  epoch: Epoch,
  seat: number,
  channel: Uint8Array,
): Promise<Uint8Array> {
  const { committee } = ledger;
  const [packet, list] = await Promise.all([
    partsOnChain(site, ledger, epoch.epoch, seat),
    partsOnChain(site, ledger, epoch.epoch, 0),
  ]);
  if (packet.length === 0 || list.length === 0) {
    const what = packet.length === 0 ? `keys for seat ${seat}` : 'list of keys';
    throw new IncompleteLogsError(`the source of events shows no ${what} of epoch ${epoch.epoch}`, {
      epoch: epoch.epoch,
      seat,
    });
  }
  const keys = openKeys(channel, placeOf(site, epoch), committee, seat, packet);
  checkKeys(committee, seat, keys, concat(...list), epoch.digest);
  return keys;
}
