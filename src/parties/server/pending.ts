// The queries of one ledger that wait for a server's answer, from all events of the ledger. A daemon follows them event by event
// instead (state/query-book.ts).
import { toHex } from '../../bytes.ts';
import type { Site } from '../../ledger/site.ts';
import { heldIn } from '../../ledger/view.ts';
import type { Seat } from './seat.ts';

/** Ids of the queries opened in this seat's time that are sealed, by the contract's word too, lack answers, and lack this seat's. */
export async function pendingQueries({ contract, events }: Site, place: Seat): Promise<Uint8Array[]> {
  const { ledgerId, terms } = place.ledger;
  const sealed = new Map<string, Uint8Array>();
  const own = new Set<string>();
  for await (const event of events.read(['QueryOpened', 'QueryContinued'], { ledgerId })) {
    const name = toHex(event.queryId);
    if (event.event === 'QueryOpened' && heldIn(place, event.epoch)) own.add(name);
    if (event.isSealed && own.has(name)) sealed.set(name, event.queryId);
  }
  const pending: Uint8Array[] = [];
  for (const queryId of sealed.values()) {
    const { status, answeredSeats } = await contract.queryState(queryId);
    const isWanted = answeredSeats.length < terms.threshold && !answeredSeats.includes(place.seat);
    if (status === 'sealed' && isWanted) pending.push(queryId);
  }
  return pending;
}
