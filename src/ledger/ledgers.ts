// The ledgers of the contract, as its events and views tell them; their terms are checked against their ids.
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import type { LedgerState, LedgerTerms, SeatState } from '../contract/types.ts';
import type { Site } from './site.ts';
import { checkTerms } from './view.ts';

/** A ledger of the contract, in short. */
export interface ListedLedger {
  ledgerId: Hex;
  /** 20 bytes. */
  hospital: Uint8Array;
  terms: LedgerTerms;
  state: LedgerState;
  /** Of the account that was asked for; all 0 for one that never had a seat, or if none was. */
  seat: SeatState;
}

const NO_SEAT: SeatState = { seat: 0, joinedEpoch: 0, fromEpoch: 0, untilEpoch: 0 };

/**
 * All ledgers, or those that an account (20 bytes) opened, or has or had a seat in, in the order in which they were opened. Throws
 * FORGED_TERMS for events that are not those of a ledger of their id.
 */
export async function* listLedgers(site: Site, account?: Uint8Array): AsyncGenerator<ListedLedger> {
  for await (const opened of site.events.read('LedgerOpened', {})) {
    const { ledgerId, hospital, terms } = opened;
    checkTerms(site, ledgerId, opened);
    const seat = account === undefined ? NO_SEAT : await site.contract.seatOf(ledgerId, account);
    if (account !== undefined && seat.seat === 0 && !equalBytes(account, hospital)) continue;
    const state = await site.contract.getLedger(ledgerId);
    yield { ledgerId: toHex(ledgerId), hospital, terms, state, seat };
  }
}
