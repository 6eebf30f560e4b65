// The keys of an epoch as the chain holds them (docs/protocol.md, "Keys of the subsets"): the hospital publishes each seat's packet and the list
// of hashes, and finds out whether what stands on chain is its own; a server opens its packet and compares.
import { concat, equalBytes } from '../bytes.ts';
import { IncompleteLogsError } from '../chain/errors.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
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

/**
 * What stands on chain for each seat (0: the list) of an epoch, as [seat][packet][part]. A packet begins with its part 0; the last
 * one may lack parts. A seat that has changed hands has one packet for each holder.
 */
async function packetsOnChain(
  site: Site,
  { ledgerId, committee }: Pick<LedgerView, 'ledgerId' | 'committee'>,
  where: { epoch: number; seat?: number },
): Promise<Uint8Array[][][]> {
  const seats: Uint8Array[][][] = Array.from({ length: committee.seats + 1 }, () => []);
  for await (const { seat, part, ciphertext } of site.events.read('KeysDealt', { ledgerId, ...where })) {
    const last = seats[seat]?.at(-1);
    if (part === 0) seats[seat]?.push([ciphertext]);
    else if (part === last?.length && part < partCount(committee, seat)) last.push(ciphertext);
  }
  return seats;
}

/** The list of hashes: of each part the first that was published, so that it cannot be exchanged later. */
const listOf = (packets: readonly Uint8Array[][], count: number): Uint8Array[] =>
  Array.from(
    { length: count },
    (_, part) => packets.find((packet) => packet.length > part)?.[part] ?? [],
  ).flat() as Uint8Array[];

/** Number of this packet's parts that need not be sent: all if it is on chain, those of the last one if it is this one's beginning. */
function partsSent(packets: readonly Uint8Array[][], own: readonly Uint8Array[]): number {
  const begins = (packet: readonly Uint8Array[]) => packet.every((part, p) => equalBytes(part, own[p]!));
  if (packets.some((packet) => packet.length === own.length && begins(packet))) return own.length;
  const last = packets.at(-1) ?? [];
  return begins(last) ? last.length : 0;
}

/**
 * Publishes the epoch's list and packets, but for what stands on chain. `channels[i − 1]`: K(hospital→present holder of seat i),
 * also for an epoch in which another held the seat.
 */
export async function dealKeys(
  site: Site,
  ledger: Pick<LedgerView, 'ledgerId' | 'committee'>,
  epoch: Pick<Epoch, 'epoch' | 'committeeHash'>,
  dealingKey: Uint8Array,
  channels: readonly Uint8Array[],
): Promise<void> {
  const { committee, ledgerId } = ledger;
  const place = placeOf(site, epoch);
  const keys = subsetKeys(dealingKey, place, committee);
  const onChain = await packetsOnChain(site, ledger, { epoch: epoch.epoch });
  const send = async (seat: number, parts: readonly Uint8Array[]) => {
    const sent = partsSent(onChain[seat]!, parts);
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
 * The keys of a seat in an epoch, in order, from the first packet on chain that opens with this channel and fits the epoch's
 * digest. SECRET. Throws IncompleteLogsError where the source shows no packet or list, and an EncodingError where there is no
 * such packet: what is wrong with the last one.
 */
export async function receiveKeys(
  site: Site,
  ledger: LedgerView,
  { epoch, committeeHash, digest }: Epoch,
  seat: number,
  channel: Uint8Array,
): Promise<Uint8Array> {
  const { committee } = ledger;
  const [packets, lists] = await Promise.all(
    [seat, 0].map(async (of) => (await packetsOnChain(site, ledger, { epoch, seat: of }))[of]!),
  );
  const list = concat(...listOf(lists!, partCount(committee, 0)));
  if (packets!.length === 0 || list.length === 0) {
    const what = packets!.length === 0 ? `keys for seat ${seat}` : 'list of keys';
    throw new IncompleteLogsError(`the source of events shows no ${what} of epoch ${epoch}`, { epoch, seat });
  }
  let fault: EncodingError | undefined;
  for (const packet of packets!) {
    try {
      const keys = openKeys(channel, placeOf(site, { committeeHash }), committee, seat, packet);
      checkKeys(committee, seat, keys, list, digest);
      return keys;
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      fault = error;
    }
  }
  throw new EncodingError(`keys of epoch ${epoch}`, fault!.message, { epoch, seat }, { cause: fault! });
}
