// What somebody can do next, by their role: from what is open on chain to words, with the command to type.
import { fromHex } from '../../bytes.ts';
import { ether } from '../../chain/errors.ts';
import { counted } from '../../counted.ts';
import type { QueryReport } from '../../parties/query-report.ts';
import { type LedgerStatus, type Money, toAnswer } from '../../parties/status.ts';
import type { Names } from './names.ts';
import { dayInWords } from './times.ts';

export interface NextStep {
  /** A sentence without its end. */
  what: string;
  /** To type; null where others have to act. */
  command: string | null;
}

const step = (what: string, command: string | null = null): NextStep => ({ what, command });

export function hospitalSteps(ledgers: readonly LedgerStatus[], names: Names): NextStep[] {
  if (ledgers.length === 0) {
    return [step('You have no ledger yet', 'mistore ledger open --server NAME … --threshold T --preset NAME')];
  }
  return ledgers.flatMap((ledger) => {
    const id = nameOf(names, ledger);
    const { notJoined, voids, complained, state } = ledger;
    const waiting = notJoined.map((server) => names.account(server)).join(', ');
    return [
      ...(notJoined.length > 0
        ? [step(`Ledger ${id} takes no records until ${counted(notJoined.length, 'server')} have joined: ${waiting}`)]
        : state.nextRecordId === 0
          ? [step(`Ledger ${id} has no record yet`, `mistore ingest FILE --ledger ${id} --preset NAME`)]
          : []),
      ...(complained.length > 0
        ? [
            step(
              `Servers complain about ${counted(complained.length, 'record')} of ledger ${id}, of which ${voids.length} void`,
              `mistore hospital run --ledger ${id} --once`,
            ),
          ]
        : []),
    ];
  });
}

export function serverSteps(
  ledgers: readonly LedgerStatus[],
  { owed }: Money,
  isRegistered: boolean,
  names: Names,
): NextStep[] {
  const steps: NextStep[] = [];
  if (!isRegistered) steps.push(step('This server is not registered, so no hospital can name it', 'mistore register'));
  for (const ledger of ledgers) {
    const id = nameOf(names, ledger);
    const open = toAnswer(ledger).length;
    if (ledger.seat.joinedEpoch < ledger.state.epoch) {
      const hospital = names.account(ledger.hospital);
      const what = `Ledger ${id} of hospital ${hospital} waits for you to join epoch ${ledger.state.epoch}; look at its terms first (mistore ledger show ${id})`;
      steps.push(step(what, `mistore ledger join ${id}`));
    }
    if (open > 0) {
      steps.push(
        step(`${counted(open, 'query waits', 'queries wait')} for your answer in ledger ${id}`, 'mistore server run'),
      );
    }
  }
  if (owed > 0n) steps.push(step(`${ether(owed)} ether can be withdrawn`, 'mistore server withdraw'));
  return steps;
}

export function insurerSteps(queries: readonly QueryReport[], { owed }: Money): NextStep[] {
  const steps = queries.flatMap(({ queryId, phase, fee, deadline, answeredSeats, threshold }): NextStep[] => {
    const refund =
      fee !== null && fee.refundable > 0n
        ? [step(`${ether(fee.refundable)} ether of a fee can be taken back`, `mistore query refund ${queryId}`)]
        : [];
    const opened = `the query of ${queryId.slice(0, 10)}…`;
    if (phase === 'complete') return [step(`The sum of ${opened} can be opened`, `mistore sum open ${queryId}`)];
    if (phase === 'sealed') {
      const answers = `${answeredSeats.length} of ${counted(threshold, 'answer')}`;
      return [
        step(`${capital(opened)} waits for servers: ${answers}`, `mistore sum open ${queryId} --wait`),
        ...refund,
      ];
    }
    if (phase === 'open') {
      const what = `${capital(opened)} is not complete; its edges must be there by ${dayInWords(deadline)}`;
      return [step(what, 'mistore query ask CONSENT')];
    }
    if (phase === 'expired' && fee !== null && fee.left > 0n) {
      return [
        step(
          `${capital(opened)} was not completed in time; its fee can be had back`,
          `mistore query cancel ${queryId}`,
        ),
      ];
    }
    return refund;
  });
  if (owed > 0n) steps.push(step(`The contract owes you ${ether(owed)} ether`, 'mistore query refund QUERY'));
  return steps;
}

/** The name that a command takes: that of the network file, or the whole id. */
export const nameOf = (names: Names, { ledgerId }: Pick<LedgerStatus, 'ledgerId'>): string =>
  names.nameOfLedger(fromHex(ledgerId)) ?? ledgerId;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
