// The whole story in one process, on an embedded chain: a hospital's CSV becomes a ledger, a patient checks their receipts
// and consents, and an insurer gets the exact sum from t honest servers while the others lie or are switched off. Each
// role has its own seed and account, and reads nothing but the chain and what it is given.
import { randomBytes } from 'node:crypto';
import { fromBigInt, toBigInt, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { fund, startNode } from '../chain/embedded-node.ts';
import { createSender } from '../chain/sending/sender.ts';
import { deploy } from '../contract/client.ts';
import { ContractError } from '../contract/errors.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey, custodialSeed } from '../identity/keys.ts';
import { ingestCsv } from '../ingest/csv.ts';
import { openSite, type Site } from '../ledger/site.ts';
import { Hospital } from '../parties/hospital.ts';
import { Insurer } from '../parties/insurer.ts';
import { checkReceipts, Patient } from '../parties/patient.ts';
import type { SentAnswers } from '../parties/send-answers.ts';
import { Server } from '../parties/server.ts';
import type { Profile } from '../records/profile.ts';
import { formatLanes, profileTerms } from '../records/terms.ts';
import { busiest, plainTotals } from './plain.ts';

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

const FUNDS = 10n ** 21n;

/** Runs the story; the result is what `mistore demo --json` prints. */
export async function tellStory(options: StoryOptions) {
  const { engine, csv, profile, threshold, servers: n, say } = options;
  const seconds: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    seconds[part] = Math.round(performance.now() - started) / 1000;
    return result;
  };
  const begun = performance.now();
  const columns = profile.columns.lanes.map(({ column }) => column);
  const expected = await plainTotals(csv, profile.columns.patient, columns);
  if (expected.size === 0) {
    const named = [profile.columns.patient, ...columns].join(', ');
    throw new MIStoreError('NO_ROWS', `${csv} has no rows with a patient and plain decimal amounts in ${named}`);
  }
  const patientId = busiest(expected);
  const chain = await timed('chain', () => startNode());
  try {
    const siteOf = async (seed: Uint8Array, contract: Uint8Array): Promise<Site> => {
      await fund(chain.url, accountOf(accountKey(seed)), FUNDS);
      return openSite({ rpc: chain.url, contract, account: accountKey(seed), engine });
    };
    const { contract, hospital, hospitalSite, ledgerId, servers, serverSites } = await timed('setup', async () => {
      const operator = randomBytes(32);
      await fund(chain.url, accountOf(operator), FUNDS);
      const sender = await createSender({ rpc: chain.url, privateKey: operator });
      const { address: contract } = await deploy(sender);
      sender.close();
      say(`Chain ${chain.chainId} at ${chain.url}, contract ${toHex(contract)}.`);
      const hospitalSeed = randomBytes(32);
      const serverSeeds = Array.from({ length: n }, () => randomBytes(32));
      const hospitalSite = await siteOf(hospitalSeed, contract);
      const serverSites = await Promise.all(serverSeeds.map((seed) => siteOf(seed, contract)));
      const hospital = { seed: hospitalSeed, role: new Hospital(hospitalSite, hospitalSeed) };
      const servers = serverSeeds.map((seed, s) => new Server(serverSites[s]!, seed));
      await Promise.all(servers.map((server) => server.register()));
      const ledgerId = await hospital.role.openLedger({
        threshold,
        servers: servers.map(({ address }) => address),
        ...profileTerms(profile),
        minRecords: 1,
      });
      await Promise.all(servers.map((server) => server.join(ledgerId)));
      return { contract, hospital, hospitalSite, ledgerId, servers, serverSites };
    });
    say(
      `The hospital opened ledger ${ledgerId}: any ${threshold} of ${n} servers can compute a sum, fewer learn nothing. All have joined.`,
    );
    if (threshold === 1) say('Warning: with threshold 1 every server alone can read every amount.');

    const total = [...expected.values()].reduce((sum, { records }) => sum + records, 0);
    const bar = options.progress('Ingest', total, 'rows');
    const stored = await timed('ingest', async () =>
      ingestCsv(hospitalSite, await hospital.role.dealer(ledgerId), {
        file: csv,
        profile,
        rejectedFile: options.rejectedFile,
        tags: hospital.role.tags(),
        onProgress: ({ confirmed, pendingBatches }) => bar.update(confirmed, `${pendingBatches} batches pending`),
      }),
    );
    bar.done();
    const sums = Object.entries(stored.sums).map(([lane, sum]) => `${lane} ${sum}`);
    say(
      `Stored ${stored.stored} of ${stored.rows} rows in ${stored.batches} batches, ${stored.rejected} rejected. Sums: ${sums.join(', ')}.`,
    );

    const honest = servers.slice(0, threshold);
    await timed('check', async () => {
      for (const server of honest) {
        for await (const { bad } of server.check(ledgerId)) {
          if (bad.length > 0)
            throw new MIStoreError('BAD_SHARES', `a server found wrong shares in the records ${bad.join(', ')}`);
        }
      }
    });
    say(`${honest.length} servers checked their shares of all records: right.`);

    const patientSeed = custodialSeed(hospital.seed, patientId);
    const patientSite = await openSite({ rpc: chain.url, contract, engine });
    const patient = new Patient(patientSite, patientSeed);
    const receipts = await timed('receipts', () => hospital.role.receipts(ledgerId, patient.address));
    const verdicts = await timed('verify', () => checkReceipts(patientSite, receipts));
    const valid = verdicts.filter(({ fault }) => fault === null).length;
    say(
      `The patient with the most records checked their ${verdicts.length} receipts against the chain: ${valid} valid.`,
    );

    const insurerSeed = randomBytes(32);
    const insurer = new Insurer(await siteOf(insurerSeed, contract), insurerSeed);
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
    const recordIds = receipts.records.map(({ recordId }) => recordId);
    const consent = patient.consent(insurer.address, ledgerId, recordIds, deadline);
    const asked = await timed('query', () => insurer.query(consent));
    say(
      `They consented; the insurer asked for the sum of exactly these records${asked.transactions.length > 1 ? `, in ${asked.transactions.length} transactions` : ''}.`,
    );

    // The faulty servers: one lies, and the contract refuses it; the others are switched off.
    let refusedAnswers = 0;
    const answerGas: bigint[] = [];
    await timed('answer', async () => {
      for (const [s, server] of servers.entries()) {
        if (s > threshold) break;
        const [sealed] = await server.pending(ledgerId);
        const prepared = await server.prepare(sealed!);
        if (typeof prepared === 'string') throw new MIStoreError('REFUSED', `a server refuses to answer: ${prepared}`);
        if (s < threshold) answerGas.push(await gasOf(server.sendAnswers([prepared])));
        else refusedAnswers += await lie(serverSites[s]!, prepared, say);
      }
    });
    const off = Math.max(0, n - threshold - 1);
    say(`${threshold} servers answered; ${off} ${off === 1 ? 'was' : 'were'} switched off.`);

    const sum = await timed('sum', () => insurer.sum(asked.queryId));
    const plain = expected.get(patientId)!.sums;
    const exact = plain.length === sum.amounts.length && plain.every((amount, l) => amount === sum.amounts[l]);
    seconds.total = Math.round(performance.now() - begun) / 1000;
    const queryGas = asked.transactions.reduce((gas, { gasUsed }) => gas + gasUsed, 0n);
    const ingestGas = stored.transactions.reduce((gas, { gasUsed }) => gas + gasUsed, 0n);
    return {
      rows: stored.rows,
      stored: stored.stored,
      rejected: stored.rejected,
      batches: stored.batches,
      threshold,
      servers: n,
      ledgerSums: stored.sums,
      query: {
        patient: patientId,
        records: sum.records,
        sums: formatLanes(sum, sum.amounts),
        expected: formatLanes(sum, plain),
        exact,
        answers: answerGas.length,
        refusedAnswers,
      },
      receipts: { checked: verdicts.length, valid },
      gas: {
        perRecord: Math.round(Number(ingestGas) / Math.max(1, stored.sent)),
        query: Number(queryGas),
        answer: Math.max(...answerGas.map(Number)),
      },
      seconds,
      engine: engine.name,
    };
  } finally {
    await chain.stop();
  }
}

/** Gas that the answers took. Throws if one was refused. */
async function gasOf(sending: AsyncIterable<SentAnswers>): Promise<bigint> {
  let gas = 0n;
  for await (const sent of sending) {
    if ('error' in sent) throw sent.error;
    gas += sent.transaction.gasUsed;
  }
  return gas;
}

/** A server adds one cent to its answer. Returns 1 if the contract refused it; throws if it was accepted. */
async function lie(
  site: Site,
  honest: Parameters<Site['contract']['answer']>[0][number],
  say: (text: string) => void,
): Promise<1> {
  const y = fromBigInt((toBigInt(honest.y) + 1n) % GROUP_ORDER, 32);
  try {
    await site.contract.answer([{ ...honest, y }]);
  } catch (error) {
    if (error instanceof ContractError && error.errorName === 'WrongAnswer') {
      say(`One server lied, and the contract refused it: ${error.message}.`);
      return 1;
    }
    throw error;
  }
  throw new MIStoreError('LIE_ACCEPTED', 'the contract accepted a wrong answer');
}
