// Finds an event that the contract's storage says must exist. A node can leave out a log without an error, and then the event
// seems never to have happened; so before an absence is believed, the storage is asked.
import { toHex } from '../bytes.ts';
import { IncompleteLogsError } from '../chain/errors.ts';
import { pause } from '../chain/rpc.ts';
import type { EventSource, Where } from '../contract/events.ts';
import type { ContractEvent, EventName } from '../contract/types.ts';

const TRIES = 5;
/** Milliseconds before the second try; each further pause is longer by as much. */
const PAUSE = 100;

/**
 * The first event with these values for which `suits` holds. Null if there are only others, or none and `exists`, which asks
 * the contract's storage, agrees. Throws IncompleteLogsError if there should be one and the source gives none after several
 * tries.
 */
export async function findEvent<N extends EventName>(
  events: EventSource,
  name: N,
  where: Where<N>,
  exists: () => Promise<boolean>,
  suits: (event: ContractEvent<N>) => boolean = () => true,
): Promise<ContractEvent<N> | null> {
  const find = async (): Promise<{ event: ContractEvent<N> | null } | null> => {
    let others = false;
    for await (const event of events.read(name, where)) {
      if (suits(event)) return { event };
      others = true;
    }
    return others || !(await exists()) ? { event: null } : null;
  };
  return (await readUntilThere(find, name, where)).event;
}

/** What `read` returns when it is not null; it is tried several times. Then throws IncompleteLogsError. */
export async function readUntilThere<T, N extends EventName>(
  read: () => Promise<T | null>,
  name: N,
  where: Where<N>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const found = await read();
    if (found !== null) return found;
    if (attempt === TRIES) {
      const message = `the node has no log of an event ${name}${placeIn(where)}, although the contract's storage says that there is one`;
      throw new IncompleteLogsError(message, { event: name, ...where });
    }
    await pause(PAUSE * attempt);
  }
}

const WORDS: Readonly<Record<string, string>> = { ledgerId: 'ledger', queryId: 'query' };

/** What the event is of, for a message: " (ledger 0x…, seat 2)". */
function placeIn(where: Readonly<Record<string, unknown>>): string {
  const named = Object.entries(where).filter(([, value]) => value !== undefined);
  if (named.length === 0) return '';
  const shown = (value: unknown) => (value instanceof Uint8Array ? toHex(value) : String(value));
  return ` (${named.map(([name, value]) => `${WORDS[name] ?? name} ${shown(value)}`).join(', ')})`;
}
