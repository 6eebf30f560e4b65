// The whole story in one process, on an embedded chain: a hospital's CSV becomes a ledger, a patient checks their receipts
// and consents, and an insurer gets the exact sum from t honest servers while the others lie or are switched off. Each
// role has its own seed and account, and reads nothing but the chain and what it is given.
import { fromBigInt, fromHex, toBigInt, toHex } from '../bytes.ts';
import { type EmbeddedNode, startNode } from '../chain/embedded-node.ts';
import { ContractError } from '../contract/errors.ts';
import type { AnswerCall } from '../contract/types.ts';
import { counted } from '../counted.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import { custodialSeed, dealingKey } from '../identity/keys.ts';
import { type FileIngest, ingestFile } from '../ingest/file.ts';
import { addMetadata } from '../ingest/metadata.ts';
import type { Site } from '../ledger/site.ts';
import type { Insurer } from '../parties/insurer.ts';
import { checkReceipts, Patient } from '../parties/patient.ts';
import type { Server } from '../parties/server/server.ts';
import { parseAmount } from '../records/amounts.ts';
import { laneColumns } from '../records/profile/columns.ts';
import type { Profile } from '../records/profile.ts';
import { chooseRecords } from '../records/receipts/choose.ts';
import type { Receipts, ReceiptVerdict } from '../records/receipts/receipt.ts';
import { type Cast, DemoContract, openCast, openInsurer } from './cast.ts';
import { busiest, busiestYear, type PlainRow, plainRows, spread, sumOf } from './plain.ts';
import { type Answers, countValid, type Outcome, type QueryOutcome, reportOf } from './report.ts';

export interface StoryOptions {
  engine: Engine;
  /** CSV file, read by `profile`. */
  csv: string;
  profile: Profile;
  /** Where rejected rows go. */
  rejectedFile: string;
  threshold: number;
  servers: number;
  /** Starts the chain on which the story plays; an embedded one of its own if not given. It is stopped at the end. */
  startChain?: () => Promise<EmbeddedNode>;
  /** Called with a line for people at each step. */
  say: (text: string) => void;
  progress: (label: string, total: number, unit: string) => { update(done: number, note?: string): void; done(): void };
}

/** Runs the story; the result is what `mistore demo --json` prints. */
export async function tellStory(options: StoryOptions) {
  const { engine, threshold, servers: seats, startChain = startNode, say } = options;
  const clock = new Clock();
  const rows = await expectedRows(options);
  const patientId = busiest(rows);
  const chain = await clock.time('chain', () => startChain());
  try {
    const { contract, cast } = await clock.time('setup', async () => {
      const contract = await DemoContract.deploy(chain, engine);
      say(`Chain ${chain.chainId} at ${chain.url}, contract ${toHex(contract.address)}.`);
      return { contract, cast: await openCast(contract, threshold, seats, options.profile) };
    });
    say(`The hospital opened ledger ${toHex(cast.ledgerId)}.`);
    say(`Any ${threshold} of its ${seats} servers can compute a sum, fewer learn nothing. All have joined.`);
    if (threshold === 1) say('Warning: with threshold 1 every server alone can read every amount.');

    const stored = await storeRows(cast, rows, options, clock);
    say(
      'An observer of the chain sees records under tags that nobody else can tell apart: not whose they are, not how much.',
    );
    await clock.time('check', () => checkShares(cast, options));
    const { patient, receipts, verdicts } = await checkAsPatient(contract, cast, patientId, options, clock);
    const asking = { patient, receipts, cast, options, insurer: await openInsurer(contract) };
    const queries = await clock.time('query', () => askThree(asking, rows.get(patientId)!));
    return reportOf(options, { stored, patientId, verdicts, queries, seconds: clock.stop() });
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

/** The CSV's rows by patient, as plain code reads them. */
async function expectedRows({ csv, profile }: StoryOptions): Promise<Map<string, PlainRow[]>> {
  const { patient, lanes, category, date } = profile.columns;
  const amounts = lanes.flatMap(laneColumns);
  if (amounts.length > lanes.length || (profile.file.format ?? 'csv') !== 'csv') {
    const message = `the demonstration reads CSVs with one column for each lane; the profile ${profile.name} reads others`;
    throw new MIStoreError('NO_ROWS', message);
  }
  const rows = await plainRows(csv, { patient, amounts, category, date });
  if (rows.size > 0) return rows;
  const named = [patient, ...amounts].join(', ');
  throw new MIStoreError('NO_ROWS', `${csv} has no rows with a patient and plain decimal amounts in ${named}`);
}

async function storeRows(
  { hospital, ledgerId }: Cast,
  rows: ReadonlyMap<string, readonly PlainRow[]>,
  { csv, profile, rejectedFile, say, progress }: StoryOptions,
  clock: Clock,
): Promise<FileIngest> {
  const total = [...rows.values()].reduce((sum, own) => sum + own.length, 0);
  const bar = progress('Ingest', total, 'rows');
  const stored = await clock.time('ingest', async () =>
    ingestFile(hospital.site, await hospital.role.dealer(ledgerId), {
      file: csv,
      profile,
      rejectedFile,
      accounts: hospital.role.accounts(),
      onProgress: ({ confirmed, pendingBatches }) =>
        bar.update(confirmed, `${counted(pendingBatches, 'batch', 'batches')} pending`),
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
  say(`${counted(threshold, 'server')} checked ${threshold === 1 ? 'its' : 'their'} shares of all records: right.`);
}

/** The patient, their receipts with dates and texts of the CSV, and the verdicts on them. */
async function checkAsPatient(
  contract: DemoContract,
  { hospital, ledgerId }: Cast,
  patientId: string,
  { csv: file, profile, say }: StoryOptions,
  clock: Clock,
): Promise<{ patient: Patient; receipts: Receipts; verdicts: ReceiptVerdict[] }> {
  const site = await contract.reader();
  const patient = new Patient(site, custodialSeed(hospital.seed, patientId));
  const receipts = await clock.time('receipts', async () => {
    const collected = await hospital.role.receipts(ledgerId, patientId);
    await addMetadata(collected, dealingKey(hospital.seed), { file, profile });
    return collected;
  });
  const { verdicts, missing } = await clock.time('verify', () => checkReceipts(site, receipts));
  const complete = missing.length === 0 ? 'none is missing' : `${missing.length} are missing`;
  say(
    `The patient with the most records checked their ${verdicts.length} receipts against the chain: ${countValid(verdicts)} valid, ${complete}.`,
  );
  return { patient, receipts, verdicts };
}

/** A patient who consents, an insurer who asks, and the servers who answer. */
interface Asking {
  patient: Patient;
  receipts: Receipts;
  insurer: Insurer;
  cast: Cast;
  options: StoryOptions;
}

/** All records; those of the category and year with most of them; twenty single ones. The first with a server that lies. */
async function askThree(asking: Asking, rows: readonly PlainRow[]): Promise<Outcome['queries']> {
  const { receipts, options } = asking;
  const inOrder = [...receipts.records].sort((a, b) => a.category.localeCompare(b.category) || a.position - b.position);
  const all = await ask(asking, chooseRecords(receipts, {}), sumOf(rows), { lie: true });
  const { say } = options;
  say(
    `They consented, and the insurer asked for the sum of all ${all.sum.records} records: the chain saw ${counted(all.asked.edges, 'record')}, the last of each category.`,
  );
  const { category, year } = busiestYear(rows);
  const ofYear = rows.filter((row) => row.category === category && row.year === year);
  const period = year === '' ? {} : { from: `${year}-01-01`, to: `${year}-12-31` };
  const chosen = chooseRecords(receipts, { categories: [category], ...period });
  const second = await ask(asking, chosen, sumOf(ofYear), { lie: false });
  say(
    `A second query, ${category || 'all'} in ${year || 'all years'}: ${counted(second.sum.records, 'record')}, ${counted(second.asked.edges, 'edge')}.`,
  );
  const single = spread(inOrder.length, 20).map((k) => inOrder[k]!);
  const expected = single.map(({ amounts }) =>
    amounts.map((text) => parseAmount(text, { scale: receipts.terms.scale })),
  );
  const ids = single.map(({ recordId }) => recordId);
  const sums = expected[0]!.map((_, lane) => expected.reduce((sum, amounts) => sum + amounts[lane]!, 0n));
  const third = await ask(asking, ids, sums, { lie: false });
  say(`A third, ${counted(third.sum.records, 'single record')}: ${counted(third.asked.edges, 'edge')}.`);
  return [all, second, third];
}

/** One query from the consent, good for an hour, to the sum. */
async function ask(
  { patient, receipts, insurer, cast, options }: Asking,
  recordIds: readonly number[],
  expected: bigint[],
  { lie }: { lie: boolean },
): Promise<QueryOutcome> {
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
  const asked = await insurer.query(patient.consent(insurer.address, receipts, recordIds, deadline));
  const answers = await answerQuery(cast, fromHex(asked.queryId), options, lie);
  return { asked, answers, sum: await insurer.sum(asked.queryId), expected };
}

/** `threshold` servers answer; one of the others lies, if it is to, and the contract refuses it; the rest are switched off. */
async function answerQuery(
  { servers, ledgerId }: Cast,
  queryId: Uint8Array,
  { threshold, servers: seats, say }: StoryOptions,
  lies: boolean,
): Promise<Answers> {
  const gas: bigint[] = [];
  const liar = lies ? servers[threshold] : undefined;
  if (liar !== undefined) say(await lie(liar.site, ledgerId, await prepare(liar.role, ledgerId, queryId)));
  for (const { role } of servers.slice(0, threshold)) {
    gas.push(await send(role, ledgerId, await prepare(role, ledgerId, queryId)));
  }
  const off = Math.max(0, seats - threshold - 1);
  if (lies) say(`${counted(threshold, 'server')} answered; ${off} ${off === 1 ? 'was' : 'were'} switched off.`);
  return { gas, refused: liar === undefined ? 0 : 1 };
}

async function prepare(server: Server, ledgerId: Uint8Array, queryId: Uint8Array): Promise<AnswerCall> {
  const prepared = await server.prepare(ledgerId, queryId);
  if (typeof prepared === 'string') throw new MIStoreError('REFUSED', `a server refuses to answer: ${prepared}`);
  return prepared;
}

/** Gas of the answer. */
async function send(server: Server, ledgerId: Uint8Array, answer: AnswerCall): Promise<bigint> {
  let gas = 0n;
  for await (const sent of server.send(ledgerId, [answer])) {
    if ('error' in sent) throw sent.error;
    gas += sent.transaction.gasUsed;
  }
  return gas;
}

/** A server adds a little to its answer. Says how the contract refused it; throws if it was accepted. */
async function lie({ contract }: Site, ledgerId: Uint8Array, honest: AnswerCall): Promise<string> {
  const y = fromBigInt((toBigInt(honest.y) + 1n) % GROUP_ORDER, 32);
  try {
    await contract.answer(ledgerId, [{ ...honest, y }]);
  } catch (error) {
    if (!(error instanceof ContractError && error.errorName === 'WrongAnswers')) throw error;
    return `One server lied, and the contract refused it: ${error.message}.`;
  }
  throw new MIStoreError('LIE_ACCEPTED', 'the contract accepted a wrong answer');
}
