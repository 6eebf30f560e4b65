// Consents before they are signed (what they would say and show, and whether they could be used) and after (what has become of
// them).
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import { readHead } from '../../src/chain/state.ts';
import { consentDigest, isSignedBy } from '../../src/contract/signing.ts';
import { isSignedByContract } from '../../src/contract/wallet-signature.ts';
import { MIStoreError } from '../../src/errors.ts';
import { consentEdges } from '../../src/parties/patient.ts';
import { queryGas } from '../../src/parties/query-gas.ts';
import { countCovered } from '../../src/query/runs.ts';
import { formatSignedConsent, parseSignedConsent, type SignedConsent } from '../../src/records/consent-file.ts';
import { type Choice, chooseRecords, chosenCorrections } from '../../src/records/receipts/choose.ts';
import { type OpenedChain, opened } from './chain.ts';
import { sumOf } from './receipts.ts';
import type {
  Bill,
  Chain,
  ConsentObstacle,
  ConsentPreview,
  ConsentState,
  ConsentStatus,
  OpenedConsent,
  OpenedReceipts,
} from './types.ts';

/** As Model.chooseBills. */
export const chooseBills = ({ receipts }: OpenedReceipts, choice: Choice): number[] => chooseRecords(receipts, choice);

/** As Model.leaveOutBills. */
export function leaveOutBills(file: OpenedReceipts, chosen: Iterable<number>, recordIds: readonly number[]): number[] {
  const gone = new Set(chooseBills(file, { records: recordIds }));
  return [...chosen].filter((recordId) => !gone.has(recordId));
}

/** As Model.previewConsent. Obstacles of checked bills are known only where the bills have been checked. */
export function previewConsent(file: OpenedReceipts, recordIds: readonly number[]): ConsentPreview {
  const chosen = new Set(recordIds);
  const bills = file.bills.filter(({ recordId }) => chosen.has(recordId));
  const obstacles: ConsentObstacle[] = [];
  if (bills.length === 0) obstacles.push({ kind: 'no-records' });
  else if (bills.length < file.minRecords) {
    obstacles.push({ kind: 'too-few-records', records: bills.length, minRecords: file.minRecords });
  }
  for (const { recordId, state } of bills) {
    if (state.kind === 'fault') obstacles.push({ kind: 'invalid-receipt', recordId });
  }
  const places = new Set(file.bills.map(placeIn));
  const orphan = bills.find((bill) => beginsBehindGap(places, bill));
  if (orphan) obstacles.push({ kind: 'no-receipt-before', recordId: orphan.recordId });
  const edges =
    orphan || bills.length === 0
      ? []
      : consentEdges(
          file.receipts,
          bills.map(({ recordId }) => recordId),
        );
  for (const { recordId } of edges) {
    const state = file.bills.find((bill) => bill.recordId === recordId)?.state;
    if (state?.kind === 'void') obstacles.push({ kind: 'void-edge', recordId, next: state.next });
  }
  return {
    records: bills.length,
    sum: sumOf(file, chosen),
    corrections: chosenCorrections(file.receipts, chosen),
    edges: edges.map(({ sign, recordId, batch, position }) => ({ sign, recordId, batch, position })),
    visibleRecords: edges.map(({ recordId }) => recordId).sort((a, b) => a - b),
    gas: edges.length === 0 ? 0 : queryGas(file.threshold, edges.length),
    obstacles,
  };
}

/** Whether a run that begins with this bill has no record before it in the file, to subtract. */
const beginsBehindGap = (places: ReadonlySet<string>, { category, position }: Bill): boolean =>
  position > 1 && !places.has(placeIn({ category, position: position - 1 }));

const placeIn = ({ category, position }: Pick<Bill, 'category' | 'position'>): string => `${position} ${category}`;

/** As Model.openConsent. */
export const openConsent = (text: string): OpenedConsent => presented(parseSignedConsent(text));

/** A signed consent with what people want to know of it. */
export function presented(signed: SignedConsent): OpenedConsent {
  const { chainId, contract, consent, edges } = signed;
  const queryId = toHex(consentDigest({ chainId, contract: fromHex(contract) }, consent));
  return {
    signed,
    place: { chainId, contract },
    queryId,
    insurer: consent.insurer,
    patient: consent.patient,
    ledgerId: consent.ledgerId,
    deadline: consent.deadline,
    records: countCovered(edges),
    text: formatSignedConsent(signed),
    fileName: `mistore-consent-${queryId.slice(2, 10)}.json`,
  };
}

/** As Model.consentState. */
export async function consentState(consent: OpenedConsent, chain: Chain): Promise<ConsentState> {
  checkPlace(consent, chain);
  const place = opened(chain);
  // Elsewhere nobody knows this query, which would look as if it had not been used.
  if (!(await place.site.contract.isOpen(fromHex(consent.ledgerId)))) {
    const { ledgerId } = consent;
    throw new MIStoreError('UNKNOWN_LEDGER', `the contract has no ledger ${ledgerId}`, { ledgerId });
  }
  const { status, answeredSeats } = await place.site.contract.queryState(fromHex(consent.queryId));
  const isLate = consent.deadline < BigInt(await now(place));
  const unused: ConsentStatus = isLate ? 'expired' : 'signed';
  const told = { none: unused, open: isLate ? 'expired' : 'open', sealed: 'used' } as const;
  return {
    status: status === 'revoked' || status === 'cancelled' ? status : told[status],
    isSigned: await isSigned(place, consent.patient, consent.queryId, consent.signed.signature),
    answeredSeats,
    canBeRevoked: place.hasNetwork && (status === 'none' || status === 'open'),
    word: chain.word,
  };
}

/** Throws WRONG_DEPLOYMENT for a consent of another contract or chain. */
export function checkPlace({ place }: OpenedConsent, chain: Chain): void {
  const { chainId, contract } = chain.place;
  if (chainId === place.chainId && contract === place.contract) return;
  const message = `the consent is for contract ${place.contract} on chain ${place.chainId}, not for ${contract} on chain ${chainId}`;
  throw new MIStoreError('WRONG_DEPLOYMENT', message);
}

/** Unix seconds: of the newest block, by which the contract goes; of this machine without a network. */
async function now({ connected }: OpenedChain): Promise<number> {
  if (connected) return (await readHead(connected.contract.rpc)).timestamp;
  return Math.floor(Date.now() / 1000);
}

/** By the account's own key, or by its contract wallet; null where that would have to be asked and cannot be. */
export async function isSigned(
  { connected }: OpenedChain,
  account: Hex,
  digest: Hex,
  signature: Hex,
): Promise<boolean | null> {
  const signed = [fromHex(account), fromHex(digest), fromHex(signature)] as const;
  if (isSignedBy(...signed)) return true;
  return connected ? isSignedByContract(connected.contract.rpc, ...signed) : null;
}
