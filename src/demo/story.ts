// The whole story in one process, on an embedded chain: a hospital's CSV becomes a ledger, a patient checks their receipts
// and consents, and an insurer gets the exact sum from t honest servers while the others lie or are switched off. Each
// role has its own seed and account, and reads nothing but the chain and what it is given.
import { fromBigInt, toBigInt, toHex } from '../bytes.ts';
import { startNode } from '../chain/embedded-node.ts';
import { ContractError } from '../contract/errors.ts';
import type { AnswerCall } from '../contract/types.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import { custodialSeed } from '../identity/keys.ts';
import { type CsvIngest, ingestCsv } from '../ingest/csv.ts';
import type { Site } from '../ledger/site.ts';
import type { Insurer, QuerySent } from '../parties/insurer.ts';
import { checkReceipts, Patient } from '../parties/patient.ts';
import type { Server } from '../parties/server.ts';
import type { Profile } from '../records/profile.ts';
import type { ReceiptVerdict } from '../records/receipt.ts';
import { profileTerms } from '../records/terms.ts';
import { type Cast, DemoContract, openCast, openInsurer } from './cast.ts';
import { busiest, type PlainTotals, plainTotals } from './plain.ts';
import { type Answers, countValid, reportOf } from './report.ts';

export interface StoryOptions {
  engine: Engine;
  /** CSV file, read by `profile`. */
  csv: string;
  profile: Profile;
  /** Where rejected rows go. */
  rejectedFile: string;
  threshold: number;
  servers: number;
  /** Called with a line for people at each step. */
  say: (text: string) => void;
  progress: (label: string, total: number, unit: string) => { update(done: number, note?: string): void; done(): void };
}

/** Runs the story; the result is what `mistore demo --json` prints. */
export async function tellStory(options: StoryOptions) {
  const { engine, threshold, servers: seats, say } = options;
  const clock = new Clock();
  const expected = await expectedTotals(options);
  const patientId = busiest(expected);
  const chain = await clock.time('chain', () => startNode());
  try {
    const { contract, cast } = await clock.time('setup', async () => {
      const contract = await DemoContract.deploy(chain, engine);
      say(`Chain ${chain.chainId} at ${chain.url}, contract ${toHex(contract.address)}.`);
      return { contract, cast: await openCast(contract, threshold, seats, profileTerms(options.profile)) };
    });
    say(
      `The hospital opened ledger ${cast.ledgerId}: any ${threshold} of ${seats} servers can compute a sum, fewer learn nothing. All have joined.`,
    );
    if (threshold === 1) say('Warning: with threshold 1 every server alone can read every amount.');

    const stored = await storeRows(cast, expected, options, clock);
    await clock.time('check', () => checkShares(cast, options));
    const { patient, verdicts } = await checkAsPatient(contract, cast, patientId, options, clock);
    const insurer = await openInsurer(contract);
    const recordIds = verdicts.map(({ recordId }) => recordId);
    const asked = await clock.time('query', () => ask(insurer, patient, cast.ledgerId, recordIds));
    const parts = asked.transactions.length > 1 ? `, in ${asked.transactions.length} transactions` : '';
    say(`They consented; the insurer asked for the sum of exactly these records${parts}.`);
    const answers = await clock.time('answer', () => answerQuery(cast, options));
    const sum = await clock.time('sum', () => insurer.sum(asked.queryId));
    const query = { patientId, asked, sum, expected: expected.get(patientId)!.sums };
    return reportOf(options, { stored, verdicts, query, answers, seconds: clock.stop() });
  } finally {
    await chain.stop();
  }
}

/** Seconds that each part of the story takes, and the whole. */
class Clock {
  readonly #begun = performance.now();
  readonly #seconds: Record<string, number> = {};

  async time<T>(part: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work();
    this.#seconds[part] = secondsSince(started);
    return result;
  }

  stop(): Record<string, number> {
    return { ...this.#seconds, total: secondsSince(this.#begun) };
  }
}

const secondsSince = (started: number) => Math.round(performance.now() - started) / 1000;

/** What the CSV's plain totals are, by patient. */
async function expectedTotals({ csv, profile }: StoryOptions): Promise<Map<string, PlainTotals>> {
  const { patient, lanes } = profile.columns;
  const columns = lanes.map(({ column }) => column);
  const totals = await plainTotals(csv, patient, columns);
  if (totals.size > 0) return totals;
  const named = [patient, ...columns].join(', ');
  throw new MIStoreError('NO_ROWS', `${csv} has no rows with a patient and plain decimal amounts in ${named}`);
}

async function storeRows(
  { hospital, ledgerId }: Cast,
  expected: ReadonlyMap<string, PlainTotals>,
  { csv, profile, rejectedFile, say, progress }: StoryOptions,
  clock: Clock,
): Promise<CsvIngest> {
  const total = [...expected.values()].reduce((sum, { records }) => sum + records, 0);
  const bar = progress('Ingest', total, 'rows');
  const stored = await clock.time('ingest', async () =>
    ingestCsv(hospital.site, await hospital.role.dealer(ledgerId), {
      file: csv,
      profile,
      rejectedFile,
      tags: hospital.role.tags(),
      onProgress: ({ confirmed, pendingBatches }) => bar.update(confirmed, `${pendingBatches} batches pending`),
    }),
  );
  bar.done();
  const sums = Object.entries(stored.sums).map(([lane, sum]) => `${lane} ${sum}`);
  say(
    `Stored ${stored.stored} of ${stored.rows} rows in ${stored.batches} batches, ${stored.rejected} rejected. Sums: ${sums.join(', ')}.`,
  );
  return stored;
}

/** The servers that will answer check the shares dealt to them. */
async function checkShares({ servers, ledgerId }: Cast, { threshold, say }: StoryOptions): Promise<void> {
  for (const { role } of servers.slice(0, threshold)) {
    for await (const { bad } of role.check(ledgerId)) {
      if (bad.length === 0) continue;
      throw new MIStoreError('BAD_SHARES', `a server found wrong shares in the records ${bad.join(', ')}`);
    }
  }
  say(`${threshold} servers checked their shares of all records: right.`);
}

/** The patient, and the verdicts on the receipts that the hospital gives them. */
async function checkAsPatient(
  contract: DemoContract,
  { hospital, ledgerId }: Cast,
  patientId: string,
  { say }: StoryOptions,
  clock: Clock,
): Promise<{ patient: Patient; verdicts: ReceiptVerdict[] }> {
  const site = await contract.reader();
  const patient = new Patient(site, custodialSeed(hospital.seed, patientId));
  const receipts = await clock.time('receipts', () => hospital.role.receipts(ledgerId, patient.address));
  const verdicts = await clock.time('verify', () => checkReceipts(site, receipts));
  const valid = countValid(verdicts);
  say(`The patient with the most records checked their ${verdicts.length} receipts against the chain: ${valid} valid.`);
  return { patient, verdicts };
}

/** The patient consents for an hour, and the insurer asks. */
function ask(insurer: Insurer, patient: Patient, ledgerId: bigint, recordIds: number[]): Promise<QuerySent> {
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
  return insurer.query(patient.consent(insurer.address, ledgerId, recordIds, deadline));
}

/** `threshold` servers answer. Of the others one lies, and the contract refuses it; the rest are switched off. */
async function answerQuery(
  { servers, ledgerId }: Cast,
  { threshold, servers: seats, say }: StoryOptions,
): Promise<Answers> {
  const gas: bigint[] = [];
  for (const { role } of servers.slice(0, threshold)) gas.push(await send(role, await prepare(role, ledgerId)));
  const liar = servers[threshold];
  if (liar !== undefined) say(await lie(liar.site, await prepare(liar.role, ledgerId)));
  const off = Math.max(0, seats - threshold - 1);
  say(`${threshold} servers answered; ${off} ${off === 1 ? 'was' : 'were'} switched off.`);
  return { gas, refused: liar === undefined ? 0 : 1 };
}

async function prepare(server: Server, ledgerId: bigint): Promise<AnswerCall> {
  const [sealed] = await server.pending(ledgerId);
  const prepared = await server.prepare(sealed!);
  if (typeof prepared === 'string') throw new MIStoreError('REFUSED', `a server refuses to answer: ${prepared}`);
  return prepared;
}

/** Gas of the answer. */
async function send(server: Server, answer: AnswerCall): Promise<bigint> {
  let gas = 0n;
  for await (const sent of server.sendAnswers([answer])) {
    if ('error' in sent) throw sent.error;
    gas += sent.transaction.gasUsed;
  }
  return gas;
}

/** A server adds a little to its answer. Says how the contract refused it; throws if it was accepted. */
async function lie({ contract }: Site, honest: AnswerCall): Promise<string> {
  const y = fromBigInt((toBigInt(honest.y) + 1n) % GROUP_ORDER, 32);
  try {
    await contract.answer([{ ...honest, y }]);
  } catch (error) {
    if (!(error instanceof ContractError && error.errorName === 'WrongAnswer')) throw error;
    return `One server lied, and the contract refused it: ${error.message}.`;
  }
  throw new MIStoreError('LIE_ACCEPTED', 'the contract accepted a wrong answer');
}
