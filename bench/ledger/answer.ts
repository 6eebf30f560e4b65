// A server answers a query of two edges in a large ledger: the work of Server.prepare, with the node's calls in the time and
// without. Without: the replies are remembered from the first time, as they came, and are read and checked again.
import { fromHex } from '../../src/bytes.ts';
import { type Read, Reply } from '../../src/chain/reply.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { EventReader } from '../../src/contract/events.ts';
import { type Cast, type DemoContract, openInsurer } from '../../src/demo/cast.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { readRows } from '../../src/records/csv/rows.ts';
import type { Profile } from '../../src/records/profile.ts';

const ROUNDS = 21;

export interface AnswerWork {
  edges: number;
  /** Medians of one call of prepare, of a server that has read the ledger and opened its keys. */
  milliseconds: number;
  millisecondsWithRpc: number;
  /** Calls to the node in one of them. */
  calls: number;
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
  const events = new EventReader({ rpc: node, address: contract.address });
  const remembering = new Server({ ...site, contract: connected, events }, seed);
  const prepare = (server: Server) => server.prepare(ledgerId, fromHex(queryId));
  await prepare(remembering); // reads the ledger and the keys
  node.asked = 0;
  const milliseconds = await median(() => prepare(remembering));
  return { edges, milliseconds, millisecondsWithRpc: await median(() => prepare(role)), calls: node.asked / ROUNDS };
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
  /** Calls so far, remembered ones too. */
  asked = 0;

  override async call<T>(
    method: string,
    params: readonly unknown[] = [],
    read: Read<T> = ({ value }) => value as T,
  ): Promise<T> {
    this.asked++;
    const key = JSON.stringify([method, params]);
    const said = this.#said.get(key) ?? super.call(method, params);
    this.#said.set(key, said);
    return read(new Reply(method, await said));
  }
}
