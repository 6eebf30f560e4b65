// A server's place in one ledger: its seat and since when it has it, its channel from the hospital, and its keys of each epoch.
// Read from the chain when it is needed, and kept in memory only.
import { toHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import { receiveChannel } from '../../ledger/channels.ts';
import { receiveKeys } from '../../ledger/epoch-keys.ts';
import type { Site } from '../../ledger/site.ts';
import type { LedgerView, SeatHolding } from '../../ledger/view.ts';

export interface Seat extends SeatHolding {
  ledger: LedgerView;
  /** K(hospital→this server). SECRET. */
  channel: Uint8Array;
  /** This seat's subset keys by epoch, as they have been asked for. SECRET. */
  keys: Map<number, Uint8Array>;
}

/** The place that an account (20 bytes) has or had in a ledger. Throws NOT_A_MEMBER, CHANNEL_MISSING. */
export async function loadSeat(site: Site, seed: Uint8Array, account: Uint8Array, ledger: LedgerView): Promise<Seat> {
  const holding = ledger.holdingOf(account);
  if (holding === null) throw notMember(account, ledger.ledgerId);
  const channel = await receiveChannel(site, seed, account, ledger.hospital);
  return { ...holding, ledger, channel, keys: new Map() };
}

/** Throws NOT_THE_HOLDER for a seat that has been given to another server. */
export function checkIsHolder({ ledger, seat, untilEpoch }: Seat): void {
  if (untilEpoch === null) return;
  const ledgerId = toHex(ledger.ledgerId);
  const message = `seat ${seat} of ledger ${ledgerId} is another server's from epoch ${untilEpoch} on`;
  throw new MIStoreError('NOT_THE_HOLDER', message, { ledgerId, seat, untilEpoch });
}

export function notMember(account: Uint8Array, ledgerId: Uint8Array): MIStoreError {
  const message = `server ${toHex(account)} has no seat in ledger ${toHex(ledgerId)}`;
  return new MIStoreError('NOT_A_MEMBER', message, { ledgerId: toHex(ledgerId) });
}

/** This seat's keys in an epoch, checked against the epoch's digest. SECRET. Throws UNKNOWN_EPOCH. */
export async function keysIn(site: Site, { ledger, seat, channel, keys }: Seat, epoch: number): Promise<Uint8Array> {
  let own = keys.get(epoch);
  if (!own) {
    own = await receiveKeys(site, ledger, ledger.epoch(epoch), seat, channel);
    keys.set(epoch, own);
  }
  return own;
}
