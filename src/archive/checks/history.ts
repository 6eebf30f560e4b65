// All that an archive's events say, taken one after the other, each with what the contract stores about it. What cannot be
// seen before the last event, verify.ts asks for then.
import { equalBytes, toHex } from '../../bytes.ts';
import type { MIStoreContract } from '../../contract/client.ts';
import { ContractError } from '../../contract/errors.ts';
import type { ContractEvent, LedgerState, StoredBatch } from '../../contract/types.ts';
import type { Engine } from '../../engine/engine.ts';
import { ArchivedComplaints, type ComplaintEvent } from './complaints.ts';
import { expectNone, FaultFound } from './fault.ts';
import { ArchivedIdentities } from './identities.ts';
import { ArchivedLedger } from './ledger.ts';
import { ArchivedQueries, type QueryEvent } from './queries.ts';

/** Throws FaultFound. */
export type Check = () => void;

export class ArchivedHistory {
  readonly identities: ArchivedIdentities;
  readonly ledger: ArchivedLedger;
  readonly complaints: ArchivedComplaints;
  readonly queries: ArchivedQueries;
  readonly #contract: MIStoreContract;

  constructor(contract: MIStoreContract, engine: Engine, ledgerId: Uint8Array, state: LedgerState) {
    const deployment = { chainId: contract.chainId, contract: contract.address };
    this.#contract = contract;
    this.identities = new ArchivedIdentities(deployment);
    this.ledger = new ArchivedLedger(engine, deployment, ledgerId, state);
    this.complaints = new ArchivedComplaints(engine, this.ledger.committee);
    this.queries = new ArchivedQueries(engine, deployment, state);
  }

  /** Asks the contract about an event. The check that this returns adds the event; checks must run in the events' order. */
  async add(event: ContractEvent): Promise<Check> {
    const contract = this.#contract;
    switch (event.event) {
      case 'Registered': {
        const stored = await contract.kemKeyHash(event.account);
        return () => expectNone(`key of ${toHex(event.account)}`, this.identities.addKey(event, stored));
      }
      case 'ChannelOpened': {
        const stored = await contract.channelOpened(event.from, event.to);
        return () => expectNone(channelText(event.from, event.to), this.identities.addChannel(event, stored));
      }
      case 'ConsentRevoked': {
        const { status } = await contract.queryState(event.queryId);
        const what = status === 'revoked' ? null : `it is not revoked; its status is ${status}`;
        return () => expectNone(`query ${toHex(event.queryId)}`, what ?? this.queries.revoke(event));
      }
      case 'Withdrawn':
      case 'MinimumFeeStated':
        throw new FaultFound({ about: this.#name, what: `its ${event.event} is of no ledger` });
      default: {
        const check = await this.#addOfLedger(event);
        return () => {
          expectNone(this.#name, this.#misplaced(event));
          check();
        };
      }
    }
  }

  /** After the last event. `state`: as the contract stores it; `whole`: as of the archive's last block. Throws FaultFound. */
  checkMissing(state: LedgerState, whole: boolean): void {
    const { ledger, identities, complaints } = this;
    expectNone(this.#name, ledger.missing(state, whole));
    for (const { server, seat, hasJoined } of ledger.epochs.holders) {
      expectNone(`seat ${seat}`, identities.lacking(ledger.hospital!, server, hasJoined));
    }
    if (whole) expectNone(this.#name, complaints.missing(state));
  }

  /** The ledger, as faults name it. */
  get #name(): string {
    return `ledger ${toHex(this.ledger.ledgerId)}`;
  }

  #misplaced({ event, ledgerId }: LedgerEvent): string | null {
    if (!equalBytes(ledgerId, this.ledger.ledgerId)) return `its ${event} is of ledger ${toHex(ledgerId)}`;
    return event === 'LedgerOpened' || this.ledger.hospital ? null : `its ${event} comes before LedgerOpened`;
  }

  async #addOfLedger(event: LedgerEvent): Promise<Check> {
    const { ledger } = this;
    const { ledgerId, epochs } = ledger;
    switch (event.event) {
      case 'LedgerOpened':
        return () => expectNone(this.#name, ledger.open(event));
      case 'EpochBegun': {
        const stored = await this.#contract.digestOf(ledgerId, event.epoch);
        return () => expectNone(this.#name, epochs.begin(event, stored, ledger.firstServers));
      }
      case 'SeatChanged':
        return () => expectNone(this.#name, epochs.changeSeat(event));
      case 'ServerResigned':
        return () => expectNone(this.#name, epochs.resign(event));
      case 'KeysDealt':
        return () => expectNone(this.#name, epochs.dealKeys(event));
      case 'ServerJoined':
        return () => expectNone(this.#name, epochs.join(event));
      case 'EpochActivated':
        return () => expectNone(this.#name, epochs.activate(event));
      case 'BatchAppended': {
        const stored = await this.#storedBatch(event.index);
        return () => expectNone(`batch ${event.index}`, ledger.append(event, stored));
      }
      case 'QueryOpened':
      case 'QueryContinued':
      case 'QueryCancelled':
      case 'AnswerAccepted':
      case 'FeeOffered':
      case 'FeeEarned':
      case 'FeeRefunded':
        return () => this.#addOfQuery(event);
      default:
        return () => expectNone(`record ${event.recordId}`, this.#addComplaint(event));
    }
  }

  /** Null if the contract has no such batch. */
  async #storedBatch(index: number): Promise<StoredBatch | null> {
    if (index >= 2 ** 32) return null;
    return this.#contract.getBatch(this.ledger.ledgerId, index).catch((error) => {
      if (error instanceof ContractError) return null;
      throw error;
    });
  }

  #addOfQuery(event: QueryEvent): void {
    const moment = {
      epoch: this.ledger.epochs.current,
      batchOf: (recordId: number) => this.ledger.batchOf(recordId),
      isVoid: (recordId: number) => this.complaints.isVoid(recordId),
      seatIn: (epoch: number, account: Uint8Array) => this.ledger.epochs.seatIn(epoch, account),
    };
    expectNone(`query ${toHex(event.queryId)}`, this.queries.add(event, moment));
  }

  #addComplaint(event: ComplaintEvent): string | null {
    const batch = this.ledger.batchOf(event.recordId);
    if (batch === undefined) return `its ${event.event} comes before its batch`;
    if (event.event === 'ComplaintFiled' && event.batch !== batch) return `it is not in batch ${event.batch}`;
    return this.complaints.add(event);
  }
}

type LedgerEvent = Exclude<
  ContractEvent,
  { event: 'Registered' | 'ChannelOpened' | 'ConsentRevoked' | 'Withdrawn' | 'MinimumFeeStated' }
>;

export const channelText = (from: Uint8Array, to: Uint8Array): string => `channel of ${toHex(from)} to ${toHex(to)}`;
