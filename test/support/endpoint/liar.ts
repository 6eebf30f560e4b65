// A liar between a party and the chain: an endpoint, or an archive, that tells events and the contract's views as it likes.
import type { MIStoreContract } from '../../../src/contract/client.ts';
import type { EventSource } from '../../../src/contract/events.ts';
import type { ContractEvent, EventName } from '../../../src/contract/types.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { deviating } from '../adversary.ts';

type Tell<N extends EventName> = (event: ContractEvent<N>) => object | object[];

export interface Lies {
  /** What becomes of each event of a kind: changed fields, or the events told in its place. */
  events?: { [N in EventName]?: Tell<N> };
  /** What is looked for in place of these values, by whoever looks for any. */
  where?: Record<string, unknown>;
  /** What the contract's views say. */
  views?: { [K in keyof MIStoreContract]?: (honest: MIStoreContract) => MIStoreContract[K] };
}

/** The site as the liar shows it. */
export function lyingSite(site: Site, { events = {}, views = {}, where: other }: Lies): Site {
  const told = (event: ContractEvent): ContractEvent[] => {
    const tell = events[event.event] as Tell<EventName> | undefined;
    const changes = tell ? tell(event) : {};
    return (Array.isArray(changes) ? changes : [changes]).map((change) => ({ ...event, ...change }));
  };
  const source = {
    async *read(names, where, range) {
      const isOther = other && where && Object.keys(other).every((name) => name in where);
      const asked = (isOther ? { ...where, ...other } : where) as typeof where;
      for await (const event of site.events.read(names, asked, range)) yield* told(event as ContractEvent) as never[];
    },
    async *readBatches(ledgerId, from) {
      for await (const event of site.events.readBatches(ledgerId, from)) {
        yield* told(event) as ContractEvent<'BatchAppended'>[];
      }
    },
    readBatch: async (ledgerId, index) =>
      told(await site.events.readBatch(ledgerId, index))[0] as ContractEvent<'BatchAppended'>,
  } satisfies EventSource as EventSource;
  return { ...deviating(site, views), events: source };
}
