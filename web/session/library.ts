// The model, loaded when it is first needed: the first view does not wait for it.
import type {
  BillProof,
  Cancelable,
  ChainSource,
  CheckedReceipts,
  ConsentPreview,
  ConsentRequest,
  ConsentState,
  ContractPlace,
  KeystoreSecret,
  LedgerReport,
  OpenedConsent,
  OpenedReceipts,
  Revocation,
  RevocationCost,
  SumCheck,
  Wallet,
  Word,
} from '../model/types.ts';

export interface Chain {
  word: Word;
  place: ContractPlace;
}
export interface Library {
  openReceipts(text: string): OpenedReceipts;
  connect(source: ChainSource, how?: Cancelable): Promise<Chain>;
  checkBills(opened: OpenedReceipts, chain: Chain, how?: Cancelable): Promise<CheckedReceipts>;
  billProof(opened: OpenedReceipts, chain: Chain, recordId: number, how?: Cancelable): Promise<BillProof>;
  withCarries(opened: OpenedReceipts, ids: readonly number[]): number[];
  previewConsent(opened: OpenedReceipts, recordIds: readonly number[]): ConsentPreview;
  signWithKeystore(
    opened: OpenedReceipts,
    request: ConsentRequest,
    secret: KeystoreSecret,
    how?: Cancelable,
  ): Promise<OpenedConsent>;
  signWithWallet(
    opened: OpenedReceipts,
    request: ConsentRequest,
    wallet: Wallet,
    how?: Cancelable,
  ): Promise<OpenedConsent>;
  openConsent(text: string): OpenedConsent;
  consentState(consent: OpenedConsent, chain: Chain, how?: Cancelable): Promise<ConsentState>;
  revocationCost(consent: OpenedConsent, chain: Chain, how?: Cancelable): Promise<RevocationCost>;
  revokeWithKeystore(
    consent: OpenedConsent,
    chain: Chain,
    secret: KeystoreSecret,
    how?: Cancelable,
  ): Promise<Revocation>;
  revokeWithWallet(consent: OpenedConsent, chain: Chain, wallet: Wallet, how?: Cancelable): Promise<Revocation>;
  checkSumProof(text: string, chain: Chain, how?: Cancelable): Promise<SumCheck>;
  sumProofPlace(text: string): ContractPlace;
  ledgerReport(chain: Chain, how?: Cancelable): Promise<LedgerReport>;
}
export const library = async (): Promise<Library> => {
  throw new Error('not yet');
};
