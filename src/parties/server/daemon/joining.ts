// Which ledgers a daemon serves: those that its server has joined, by hand or by itself. It joins ledgers of hospitals that the
// operator accepts, on terms that the operator accepts, and the new epochs of ledgers that it has joined before. One whose seat
// another has taken it serves on for the queries of its time.
import { equalBytes, toHex } from '../../../bytes.ts';
import type { BlockTag } from '../../../chain/types.ts';
import { MIStoreError } from '../../../errors.ts';
import { notMember } from '../seat.ts';
import type { FollowedLedger } from '../state/followed-ledger.ts';
import type { JoinRefusal } from './daemon-events.ts';
import type { DaemonParts } from './daemon-parts.ts';

export interface JoinRules {
  /** Hospitals whose ledgers are joined, 20 bytes each, or any; none if not given. */
  accept?: readonly Uint8Array[] | 'anyone';
  /** Joins ledgers of threshold 1 too, in which each server alone can read every amount. */
  acceptThreshold1?: boolean;
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
  const refusal = joinedEpoch > 0 || untilEpoch > 0 ? null : await refusalOf(rules, parts, ledgerId);
  if (refusal === null && joinedEpoch < epoch && untilEpoch === 0) join(parts, ledger);
  if (joinedEpoch > 0) await settle(parts, ledger);
  if (refusal !== null && !ledger.isInvited) {
    ledger.isInvited = true;
    report({ kind: 'invited', ledgerId: name, hospital: toHex(hospital), why: refusal });
  }
  if (untilEpoch > 0) ledger.isInvited = false;
  ledger.isStale = false;
}

async function refusalOf(
  { accept = [], acceptThreshold1 = false }: JoinRules,
  { server }: DaemonParts,
  ledgerId: Uint8Array,
): Promise<JoinRefusal | null> {
  const view = await server.ledger(ledgerId).catch((error) => {
    if (!(error instanceof MIStoreError) || error.code !== 'FORGED_TERMS') throw error;
    return null;
  });
  if (view === null) return 'its terms are not those that its id is the hash of';
  if (accept !== 'anyone' && !accept.some((hospital) => equalBytes(hospital, view.hospital))) {
    return 'its hospital is not one of those that this server accepts';
  }
  if (view.terms.threshold === 1 && !acceptThreshold1) {
    return 'with threshold 1 each server alone can read every amount';
  }
  return null;
}

function join({ server, background, report, fail }: DaemonParts, ledger: FollowedLedger): void {
  const { ledgerId, name } = ledger;
  background.start(
    `join ${name}`,
    async () => {
      const outcome = await server.join(ledgerId);
      const { epoch } = (await server.ledger(ledgerId)).currentEpoch;
      if (outcome !== null) report({ kind: 'joined', ledgerId: name, epoch, gasUsed: outcome.receipt.gasUsed });
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
