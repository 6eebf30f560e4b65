// A server's place in one ledger: its seat, its channel from the hospital, and its keys of each epoch. Read from the chain when
// it is needed, and kept in memory only.
import { toHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import { receiveChannel } from '../../ledger/channels.ts';
import { receiveKeys } from '../../ledger/epoch-keys.ts';
import type { Site } from '../../ledger/site.ts';
import type { LedgerView } from '../../ledger/view.ts';

export interface Seat {
  ledger: LedgerView;
  seat: number;
  /** K(hospital→this server). SECRET. */
  channel: Uint8Array;
  /** This seat's subset keys by epoch, as they have been asked for. SECRET. */
  keys: Map<number, Uint8Array>;
}

/** The place of an account (20 bytes) in a ledger. Throws NOT_A_MEMBER, CHANNEL_MISSING. */
export async function loadSeat(site: Site, seed: Uint8Array, account: Uint8Array, ledger: LedgerView): Promise<Seat> {
  const seat = ledger.seatOf(account);
  if (seat === 0) throw notMember(account, ledger.ledgerId);
  const channel = await receiveChannel(site, seed, account, ledger.hospital);
  return { ledger, seat, channel, keys: new Map() };
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
