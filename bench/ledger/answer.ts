// A server answers a query of two edges in a large ledger: the work of Server.prepare, once with the node's calls and the
// reading of its logs in the time, and once with the logs already read: events and replies are remembered from the first time.
import { fromHex } from '../../src/bytes.ts';
import { type Read, Reply } from '../../src/chain/reply.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { type BlockRange, EventReader, type EventSource, type Where } from '../../src/contract/events.ts';
import type { ContractEvent, EventName } from '../../src/contract/types.ts';
import { type Cast, type DemoContract, openInsurer } from '../../src/demo/cast.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { readRows } from '../../src/records/input/rows.ts';
import type { Profile } from '../../src/records/profile.ts';

const ROUNDS = 21;

export interface AnswerWork {
  edges: number;
  /** Medians of one call of prepare, of a server that has read the ledger and opened its keys: with the logs already read, … */
  milliseconds: number;
  /** … and with reading them from the node. */
  millisecondsWithRpc: number;
}

/** `file`: the CSV that the ledger was made from. */
export async function answerQuery(
  rpc: string,
  contract: DemoContract,
  { ledgerId, hospital, servers }: Cast,
  file: string,
  profile: Profile,
): Promise<AnswerWork> {
  const name = await firstPatient(file, profile);
  const receipts = await hospital.role.receipts(ledgerId, name);
  const insurer = await openInsurer(contract);
  const patient = new Patient(await contract.reader(), custodialSeed(hospital.seed, name));
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 86_400);
  const consent = patient.consent(insurer.address, receipts, middleRun(receipts.records), deadline);
  const { queryId, edges } = await insurer.query(consent);

  const { seed, site, role } = servers[0]!;
  const node = new RememberingRpc(rpc);
  const connected = await MIStoreContract.connect({ rpc: node, address: contract.address });
  const events = new RememberedEvents(new EventReader({ rpc: node, address: contract.address }));
  const remembering = new Server({ ...site, contract: connected, events }, seed);
  const prepare = (server: Server) => server.prepare(ledgerId, fromHex(queryId));
  await prepare(remembering); // reads the ledger and the keys
  const milliseconds = await median(() => prepare(remembering));
  await prepare(role);
  return { edges, milliseconds, millisecondsWithRpc: await median(() => prepare(role)) };
}

/** Records after the first and before the last of the patient's longest series: their run has an edge at both ends. */
function middleRun(records: readonly { category: string; position: number; recordId: number }[]): number[] {
  const length = (category: string) => records.filter((one) => one.category === category).length;
  const longest = records.map(({ category }) => category).reduce((a, b) => (length(b) > length(a) ? b : a));
  const last = length(longest);
  if (last < 3) throw new Error('the patient has no series of three records');
  const inside = ({ category, position }: (typeof records)[number]) =>
    category === longest && position > 1 && position < last;
  return records.filter(inside).map(({ recordId }) => recordId);
}

async function firstPatient(file: string, profile: Profile): Promise<string> {
  for await (const row of readRows(file, profile)) if (row.kind === 'row') return row.patient;
  throw new Error('the file has no rows');
}

async function median(prepare: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    if (typeof (await prepare()) === 'string') throw new Error('the server refuses to answer');
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[(ROUNDS - 1) / 2]!;
}

/** Asks the node once for each call, and then answers from memory what the node has said. */
class RememberingRpc extends Rpc {
  readonly #said = new Map<string, Promise<unknown>>();
  override async call<T>(
    method: string,
    params: readonly unknown[] = [],
    read: Read<T> = ({ value }) => value as T,
  ): Promise<T> {
    const key = JSON.stringify([method, params]);
    const said = this.#said.get(key) ?? super.call(method, params);
    this.#said.set(key, said);
    return read(new Reply(method, await said));
  }
}

/** Reads each event from its source once. */
class RememberedEvents implements EventSource {
  readonly #source: EventSource;
  readonly #known = new Map<string, Promise<ContractEvent[]>>();

  constructor(source: EventSource) {
    this.#source = source;
  }

  async *read<N extends EventName>(
    names: N | readonly N[],
    where?: Where<N>,
    range?: BlockRange,
  ): AsyncGenerator<ContractEvent<N>> {
    const read = async () => {
      const events: unknown[] = [];
      for await (const event of this.#source.read(names, where, range)) events.push(event);
      return events as ContractEvent[];
    };
    yield* (await this.#once([names, where, range], read)) as unknown as ContractEvent<N>[];
  }

  readBatches(ledgerId: Uint8Array, from?: number): AsyncIterable<ContractEvent<'BatchAppended'>> {
    return this.#source.readBatches(ledgerId, from);
  }

  async readBatch(ledgerId: Uint8Array, index: number): Promise<ContractEvent<'BatchAppended'>> {
    const read = async () => [await this.#source.readBatch(ledgerId, index)];
    return (await this.#once([ledgerId, index], read))[0] as ContractEvent<'BatchAppended'>;
  }

  #once(what: unknown, read: () => Promise<ContractEvent[]>): Promise<ContractEvent[]> {
    const key = JSON.stringify(what);
    const events = this.#known.get(key) ?? read();
    this.#known.set(key, events);
    return events;
  }
}
