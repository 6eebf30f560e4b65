// mistore status: what is open for the role of a keystore, and what to do next, with the commands to type. Reads only.
import { addressText } from '../../../address.ts';
import { fromHex, type Hex } from '../../../bytes.ts';
import { ether } from '../../../chain/errors.ts';
import { counted } from '../../../counted.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { Site } from '../../../ledger/site.ts';
import type { QueryReport } from '../../../parties/query-report.ts';
import type { LedgerStatus, Money } from '../../../parties/status.ts';
import type { Receipts } from '../../../records/receipts/receipt.ts';
import { defineCommand } from '../../command.ts';
import { readOwner } from '../../input/secrets.ts';
import { type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import type { NextStep } from '../../text/words/next-steps.ts';

interface StatusFlags extends RoleFlags {
  receipts?: string;
}

export const status = defineCommand({
  examples: [
    'mistore status --keystore hospital.json',
    'mistore status --keystore patient.json --receipts receipts.json --json',
  ],
  roles: 'any',
  configure: (command) =>
    roleOptions(command.option('--receipts <file>', "a patient's receipts, to check them and what stands against any")),
  run: showStatus,
});

/** What is open, by role. */
interface Found {
  ledgers: readonly LedgerStatus[];
  queries: readonly QueryReport[];
  steps: NextStep[];
}

async function showStatus(output: Output, options: StatusFlags): Promise<object> {
  const { parseReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const { moneyOf } = await import('../../../parties/status.ts');
  const receipts = options.receipts === undefined ? undefined : parseReceipts(await readTextFile(options.receipts));
  const { role, account } = await readOwner(options);
  const site = await openReader(options);
  const money = await moneyOf(site, account);
  output.print(`${role}: account ${output.names.account(account)}, with ${ether(money.balance)} ether.`);
  const found = await foundFor(output, site, { role, account, money, receipts, file: options.receipts });
  await show(output, found);
  for (const { what, command } of found.steps) output.print(`- ${what}${command === null ? '.' : `: ${command}`}`);
  if (found.steps.length === 0) output.print('Nothing is open for you.');
  return {
    ...{ role, address: addressText(account), ether: ether(money.balance), owed: money.owed },
    ledgers: found.ledgers.map(({ ledgerId: ledger, isActive: active, state, notJoined, voids, complained, seat }) => ({
      ...{ ledger, active, batches: state.nextBatch, records: state.nextRecordId, epoch: state.epoch },
      ...{ notJoined: notJoined.map(addressText), voids, complained, seat: seat.seat, joinedEpoch: seat.joinedEpoch },
    })),
    queries: found.queries.map(({ queryId: query, ledgerId: ledger, phase: state }) => ({ query, ledger, state })),
    next: found.steps,
  };
}

interface Asked {
  role: string;
  account: Uint8Array;
  money: Money;
  receipts: Receipts | undefined;
  file: string | undefined;
}

async function foundFor(output: Output, site: Site, asked: Asked): Promise<Found> {
  const { hospitalSteps, insurerSteps, serverSteps } = await import('../../text/words/next-steps.ts');
  const { hospitalStatus, serverStatus } = await import('../../../parties/status.ts');
  const { queryReports } = await import('../../../parties/query-report.ts');
  const { role, account, money } = asked;
  const { names } = output;
  if (role === 'hospital') {
    const ledgers = await hospitalStatus(site, account);
    const queries = ledgers.flatMap((ledger) => ledger.queries);
    return { ledgers, queries, steps: hospitalSteps(ledgers, names) };
  }
  if (role === 'server') {
    const ledgers = await serverStatus(site, account);
    const isRegistered = (await site.contract.kemKeyHash(account)).some((byte) => byte !== 0);
    const queries = ledgers.flatMap((ledger) => ledger.queries);
    return { ledgers, queries, steps: serverSteps(ledgers, money, isRegistered, names) };
  }
  if (role === 'insurer') {
    const queries = await queryReports(site, { insurer: account });
    return { ledgers: [], queries, steps: insurerSteps(queries, money) };
  }
  if (role === 'patient') return patientFound(output, site, asked);
  output.print(`The contract is ${addressText(site.contract.address)} on chain ${site.contract.chainId}.`);
  return { ledgers: [], queries: [], steps: [] };
}

/** Queries over the patient's records, and whether their receipts are right and whole. */
async function patientFound(output: Output, site: Site, { account, receipts, file }: Asked): Promise<Found> {
  const { checkReceipts } = await import('../../../parties/patient.ts');
  const { patientQueries } = await import('../../../parties/status.ts');
  const queries = await patientQueries(site, account, receipts && fromHex(receipts.ledgerId));
  for (const one of queries) {
    output.print(
      `${output.names.account(fromHex(one.insurer))} has asked for a sum of your records: ${one.phase} (query ${one.queryId}).`,
    );
  }
  const steps: NextStep[] = [];
  if (receipts === undefined) {
    steps.push({ what: 'Check your bills', command: 'mistore verify RECEIPTS --records' });
    return { ledgers: [], queries, steps };
  }
  const { verdicts, missing, complaints } = await checkReceipts(site, receipts);
  const wrong = verdicts.filter(({ fault }) => fault !== null).length;
  const verify = `mistore verify ${file} --records`;
  if (wrong > 0) steps.push({ what: `${counted(wrong, 'receipt is', 'receipts are')} wrong`, command: verify });
  if (missing.length > 0) {
    const what = `${counted(missing.length, 'record')} of yours ${missing.length === 1 ? 'is' : 'are'} not in ${file}: ask the hospital for new receipts`;
    steps.push({ what, command: verify });
  }
  if (complaints.length > 0) {
    steps.push({ what: `Servers complain about ${counted(complaints.length, 'record')} of yours`, command: verify });
  }
  if (wrong === 0 && missing.length === 0 && verdicts.length > 0) {
    output.print(`Your ${counted(verdicts.length, 'receipt is', 'receipts are')} right, and none is missing.`);
  }
  return { ledgers: [], queries, steps };
}

/** Ledgers and queries in numbers; each by itself: ledger list, query list. */
async function show(output: Output, { ledgers, queries }: Found): Promise<void> {
  const amount = (head: string) => ({ head, amount: true });
  if (ledgers.length > 0) {
    output.table(
      ['ledger', 'state', amount('batches'), amount('records'), amount('void'), amount('queries')],
      ledgers.map(({ ledgerId, isActive, notJoined, state, voids, queries: own }) => [
        output.names.ledger(fromHex(ledgerId as Hex)),
        isActive ? 'active' : `waits for ${counted(notJoined.length, 'server')} to join`,
        state.nextBatch,
        state.nextRecordId,
        voids.length,
        own.length,
      ]),
    );
  }
  if (queries.length === 0) return;
  const phases = new Map<string, number>();
  for (const { phase } of queries) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  const list = [...phases].map(([phase, count]) => `${count} ${phase}`).join(', ');
  output.print(`${counted(queries.length, 'query', 'queries')}: ${list}.`);
}
