// What happens in the cluster test, from the first start of the servers to the last wei.
import { toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { accountKey } from '../../src/identity/keys.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import type { Endpoint } from '../support/endpoint/proxy.ts';
import { rowsOf, sampleCsv } from '../support/sample.ts';
import { Asking } from './asking.ts';
import { type ClusterCast, COMPLAINER, castOf } from './cast.ts';
import { feesOf } from './fees.ts';
import { Judge } from './judge.ts';
import { Killing } from './killing.ts';
import { Ask, kindsOf } from './plan.ts';
import type { Stage } from './stage/stage.ts';
import { until } from './stage/waiting.ts';
import { dealingWrongly, lastBefore } from './wrong-record.ts';

export interface StoryOptions {
  folder: string;
  stalling: Endpoint & { held: () => number };
  queries: number;
  /** At least. */
  kills: number;
  random: () => number;
  say: (text: string) => void;
}

export interface Report {
  queries: number;
  exact: number;
  refused: number;
  wrongAccepted: number;
  kills: number;
  /** Wei, decimal. */
  feesHeld: string;
  feesOwed: string;
  seconds: number;
}

/** Of the ledger; there is one server more. */
export const SEATS = 7;
/** Rows of the first batch and of the second. */
const [FIRST, SECOND] = [60, 12];
const PATIENTS = 6;
/** Queries of each insurer that are on their way at a time. */
const AT_ONCE = 3;

export async function tellStory(stage: Stage, options: StoryOptions): Promise<Report & { faults: string[] }> {
  const { say, random, folder, stalling, queries } = options;
  const begun = performance.now();
  const { ledgerId, hospital } = stage;
  const rows = rowsOf(sampleCsv(FIRST + SECOND, 'cluster', PATIENTS));
  const [first, second] = [rows.slice(0, FIRST), rows.slice(FIRST)];
  const wrong = lastBefore(first, second);

  const cast = castOf(stage, folder, stalling.url);
  for (const server of cast.all) server.start();
  await until('all seven have joined', 180, () => stage.isActive());
  say('Seven servers have joined the ledger.');
  await stage.store(first, 'a.csv', dealingWrongly(stage, wrong));
  let receipts = await receiptsOf(stage, first);
  const voidId = receipts
    .get(wrong.patient)!
    .records.find(({ category, position }) => category === wrong.category && position === wrong.position)!.recordId;
  await until('the record that was dealt wrongly is void', 120, async () => {
    return (await hospital.site.contract.complaintsOf(ledgerId, voidId)).isVoid;
  });
  say(`${FIRST} records are stored, and record ${voidId} is void by complaints.`);

  const judge = new Judge(stage);
  const judging = judge.run();
  const killing = new Killing(cast.honest, random);
  const asking = new Asking(stage, judge);
  const kinds = kindsOf(queries, random);
  const half = queries / 2;
  let isOver = false;
  const killed = killing.until(() => isOver && killing.kills >= options.kills);
  const asked = (async () => {
    const early = asking.all(kinds.slice(0, half), new Ask(first, receipts, wrong, random), AT_ONCE);
    await early.opened;
    say(`${half} queries are asked; ${killing.kills} kills so far. Seat ${SEATS} changes hands.`);
    await hospital.role.changeSeat(ledgerId, SEATS, accountOf(accountKey(stage.serverSeeds[SEATS]!)));
    await until('all seven have joined the second epoch', 120, () => stage.isActive());
    await stage.store(second, 'b.csv');
    receipts = await receiptsOf(stage, rows);
    say(`${SECOND} more records are stored; one carries the void one on.`);
    const late = asking.all(kinds.slice(half), new Ask(rows, receipts, wrong, random), AT_ONCE);
    await Promise.all([early.ended, late.ended]);
    isOver = true;
    say(`${asking.exact} sums are exact, ${asking.refused} queries ended in their error; ${killing.kills} kills.`);
  })();
  // The first to fail fails all.
  await Promise.race([judging, Promise.all([killed, asked])]);
  await until('the complainer has complained about everything', 180, () => complainsAboutAll(stage, rows.length));
  const faults = [...asking.faults, ...(await ended(stage, cast))];
  judge.stop();
  await judging;

  for (const wrongly of judge.wrong) faults.push(`a wrong answer was accepted: ${wrongly}`);
  for (const queryId of asking.unpaid) {
    if (judge.seatsOf(queryId).size > 0) faults.push(`query ${queryId} was answered below the minimum fee`);
  }
  if (stalling.held() === 0) faults.push('the endpoint has not stalled once');
  if (asking.exact + asking.refused !== queries)
    faults.push(`${queries - asking.exact - asking.refused} queries ended otherwise`);
  const { held, owed } = await feesOf(stage);
  if (held !== owed || held === 0n) faults.push(`the contract holds ${held} wei and owes ${owed}`);
  say(`${judge.accepted} answers were accepted, ${stalling.held()} replies were held; the contract holds ${held} wei.`);
  return {
    queries,
    exact: asking.exact,
    refused: asking.refused,
    wrongAccepted: judge.wrong.length,
    kills: killing.kills,
    feesHeld: `${held}`,
    feesOwed: `${owed}`,
    seconds: Math.round(performance.now() - begun) / 1000,
    faults,
  };
}

async function receiptsOf(stage: Stage, rows: readonly { patient: string }[]): Promise<Map<string, Receipts>> {
  const found = new Map<string, Receipts>();
  for (const patient of new Set(rows.map((row) => row.patient))) found.set(patient, await stage.receipts(patient));
  return found;
}

async function complainsAboutAll({ hospital, ledgerId }: Stage, records: number): Promise<boolean> {
  for (let id = 0; id < records; id++) {
    const { standing } = await hospital.site.contract.complaintsOf(ledgerId, id);
    if (!standing.includes(COMPLAINER)) return false;
  }
  return true;
}

/** Ends all servers in order; what they did that they should not, or did not that they should. */
async function ended({ ledgerId }: Stage, { all, honest, liar, complainer }: ClusterCast): Promise<string[]> {
  const faults: string[] = [];
  for (const server of all) {
    if (!server.isLive) faults.push(`${server.name} has ended by itself:\n${server.tail()}`);
    const code = await server.stop();
    if (server !== liar && server !== complainer && code === null) faults.push(`${server.name} did not end in order`);
  }
  for (const server of honest) {
    const answered = server.logged('answered').filter((event) => event.ledgerId === toHex(ledgerId));
    if (answered.length === 0) faults.push(`${server.name} has answered nothing`);
  }
  if (liar.logged('answered').length > 0) faults.push('an answer of the liar was accepted');
  const lies = liar.logged('left-out').filter(({ error }) => (error as { code?: string }).code === 'WRONG_ANSWERS');
  if (lies.length === 0) faults.push('no lie was refused by the contract');
  return faults;
}
