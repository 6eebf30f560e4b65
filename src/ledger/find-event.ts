// An event that the contract's storage vouches for. Nodes leave logs out without a word, and what is read of such a list
// would look as if it had never happened: so the storage is asked before an absence is believed.
import { IncompleteLogsError } from '../chain/errors.ts';
import { pause } from '../chain/rpc.ts';
import type { EventSource, Where } from '../contract/events.ts';
import type { ContractEvent, EventName } from '../contract/types.ts';

const TRIES = 5;
/** Milliseconds before the next try; longer each time. */
const PAUSE = 100;

/**
 * The first event that suits; null where there is none and, as `exists` tells from the contract's storage, should be
 * none. Throws IncompleteLogsError where the source goes on to withhold it.
 */
export async function findEvent<N extends EventName>(
  events: EventSource,
  name: N,
  where: Where<N>,
  exists: () => Promise<boolean>,
  suits: (event: ContractEvent<N>) => boolean = () => true,
): Promise<ContractEvent<N> | null> {
  for (let attempt = 1; ; attempt++) {
    for await (const event of events.read(name, where)) if (suits(event)) return event;
    if (!(await exists())) return null;
    if (attempt === TRIES) {
      throw new IncompleteLogsError(`the node has no log of an event ${name} that the contract's storage tells of`, {
        event: name,
        ...where,
      });
    }
    await pause(PAUSE * attempt);
  }
}
