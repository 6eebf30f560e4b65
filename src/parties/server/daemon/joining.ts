// Which ledgers a daemon serves: those that its server has joined, by hand or by itself. It joins ledgers of hospitals that the
// operator accepts, on terms that the operator accepts, and the new epochs of ledgers that it has joined before. One whose seat
// another has taken it serves on for the queries of its time.
import { equalBytes, toHex } from '../../../bytes.ts';
import type { BlockTag } from '../../../chain/types.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import type { LedgerView } from '../../../ledger/view.ts';
import { notMember } from '../seat.ts';
import type { Server } from '../server.ts';
import type { FollowedLedger } from '../state/followed-ledger.ts';
import type { JoinRefusal, TermsInShort } from './daemon-events.ts';
import type { DaemonParts } from './daemon-parts.ts';

/** Which ledgers a server joins by itself. */
export interface JoinRules {
  /** Hospitals whose ledgers are joined, 20 bytes each, or any; none if not given. */
  accept?: readonly Uint8Array[] | 'anyone';
  /** Least threshold of a ledger; 2 if not given. With 1 each server alone can read every amount. */
  minThreshold?: number;
  /** Most servers of a ledger; any number if not given. */
  maxServers?: number;
  /** Ledgers must refuse queries over fewer records than so many; 1 if not given. */
  minRecords?: number;
}

/** Finds this server's place in a ledger as of `block`, and joins its epoch if it is to. */
export async function takePlace(
  parts: DaemonParts,
  rules: JoinRules,
  ledger: FollowedLedger,
  block: BlockTag,
): Promise<void> {
  const { server, report } = parts;
  const { ledgerId, name } = ledger;
  const { joinedEpoch, untilEpoch, epoch, hospital } = await server.membership(ledgerId, block);
  const isKnown = joinedEpoch > 0 || untilEpoch > 0;
  const view = isKnown ? null : await believable(server, ledgerId);
  const refusal = isKnown ? null : refusalOf(rules, view);
  if (refusal === null && joinedEpoch < epoch && untilEpoch === 0) join(parts, ledger);
  if (joinedEpoch > 0) await settle(parts, ledger);
  if (refusal !== null && !ledger.isInvited) {
    ledger.isInvited = true;
    report({ kind: 'invited', ledgerId: name, hospital: toHex(hospital), terms: view && inShort(view), why: refusal });
  }
  if (untilEpoch > 0) ledger.isInvited = false;
  ledger.isStale = false;
}

/** Null where its terms are not those that its id is the hash of. */
function believable(server: Server, ledgerId: Uint8Array): Promise<LedgerView | null> {
  return server.ledger(ledgerId).catch((error) => {
    if (!(error instanceof MIStoreError) || error.code !== 'FORGED_TERMS') throw error;
    return null;
  });
}

function refusalOf(
  { accept = [], minThreshold = 2, maxServers, minRecords = 1 }: JoinRules,
  view: LedgerView | null,
): JoinRefusal | null {
  if (view === null) return 'its terms are not those that its id is the hash of';
  if (accept !== 'anyone' && !accept.some((hospital) => equalBytes(hospital, view.hospital))) {
    return 'its hospital is not one of those that this server accepts';
  }
  const { threshold, servers, minRecords: least } = view.terms;
  if (threshold < minThreshold) {
    return threshold === 1
      ? 'with threshold 1 each server alone can read every amount'
      : `its threshold is ${threshold}; this server joins from ${minThreshold} on`;
  }
  if (maxServers !== undefined && servers.length > maxServers) {
    return `it has ${servers.length} servers; this server joins up to ${maxServers}`;
  }
  if (least < minRecords) {
    return `it answers queries over ${counted(least, 'record')} or more; this server joins from ${minRecords} on`;
  }
  return null;
}

export const inShort = ({ hospital, terms }: LedgerView): TermsInShort => ({
  hospital: toHex(hospital),
  threshold: terms.threshold,
  seats: terms.servers.length,
  lanes: terms.lanes,
  currency: terms.currency,
  minRecords: terms.minRecords,
});

function join({ server, background, report, fail }: DaemonParts, ledger: FollowedLedger): void {
  const { ledgerId, name } = ledger;
  background.start(
    `join ${name}`,
    async () => {
      const outcome = await server.join(ledgerId);
      const view = await server.ledger(ledgerId);
      const { epoch } = view.currentEpoch;
      if (outcome !== null) {
        report({ kind: 'joined', ledgerId: name, terms: inShort(view), epoch, gasUsed: outcome.receipt.gasUsed });
      }
      ledger.troubles.join.end();
      await settle({ server, report }, ledger);
    },
    (error) => {
      ledger.isStale = true;
      fail(ledger, 'join', error);
    },
  );
}

async function settle(
  { server, report }: Pick<DaemonParts, 'server' | 'report'>,
  ledger: FollowedLedger,
): Promise<void> {
  const { ledgerId, name } = ledger;
  const view = await server.ledger(ledgerId);
  const holding = view.holdingOf(server.address);
  if (holding === null) throw notMember(server.address, ledgerId);
  const { seat, untilEpoch } = holding;
  if (untilEpoch !== null && ledger.place?.untilEpoch !== untilEpoch) {
    report({ kind: 'replaced', ledgerId: name, seat, epoch: untilEpoch });
  }
  ledger.place = { ...view.committee, ...holding };
  ledger.isInvited = false;
}
