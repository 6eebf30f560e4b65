// One ledger as its events tell it: batches, seats and epochs, complaints, queries. Blocks and transactions only; times and
// costs are looked up later, for all at once.
import { type Hex, toHex } from '../../../src/bytes.ts';
import type { ContractEvent } from '../../../src/contract/types.ts';
import { ComplaintTally } from '../../../src/ledger/complaints.ts';
import type { BatchPoint } from '../types.ts';
import { type QueryEvent, QueryLog } from './query-log.ts';

/** Events that name a ledger, or a query of one. */
export const EVENTS = [
  'LedgerOpened',
  'SeatChanged',
  'ServerResigned',
  'EpochBegun',
  'ServerJoined',
  'BatchAppended',
  'ComplaintFiled',
  'ComplaintWithdrawn',
  'ComplaintJustified',
  'RecordVoided',
  'QueryOpened',
  'QueryContinued',
  'QueryCancelled',
  'ConsentRevoked',
  'AnswerAccepted',
  'FeeOffered',
  'FeeEarned',
  'FeeRefunded',
] as const;
export type LedgerEvent = ContractEvent<(typeof EVENTS)[number]>;

/** What a server has done about records. */
export interface ComplaintCounts {
  filed: number;
  standing: number;
  justified: number;
}

export class LedgerLog {
  readonly opened: ContractEvent<'LedgerOpened'>;
  readonly batches: Omit<BatchPoint, 'time' | 'cost'>[] = [];
  readonly complaints: ComplaintTally;
  readonly log = new QueryLog();
  /** By server. */
  readonly complaintsBy = new Map<Hex, ComplaintCounts>();
  /** Wei, by server. */
  readonly earned = new Map<Hex, bigint>();
  readonly joined = new Set<Hex>();
  readonly resigned = new Set<Hex>();
  /** Holders of the seats in each epoch, which count from 1. */
  readonly epochs: Hex[][] = [];
  /** Present holders; they become those of an epoch when it begins. */
  #servers: Hex[];

  constructor(opened: ContractEvent<'LedgerOpened'>) {
    const { threshold, servers } = opened.terms;
    this.opened = opened;
    this.#servers = servers.map(toHex);
    this.complaints = new ComplaintTally({ threshold, seats: servers.length });
  }

  get servers(): readonly Hex[] {
    return this.#servers;
  }

  get records(): number {
    return this.batches.reduce((sum, { records }) => sum + records, 0);
  }

  /** Events must come in the chain's order. */
  add(event: LedgerEvent): void {
    switch (event.event) {
      case 'LedgerOpened':
        break;
      case 'SeatChanged':
        this.#servers = this.#servers.with(event.seat - 1, toHex(event.to));
        break;
      case 'ServerResigned':
        this.resigned.add(toHex(event.server));
        break;
      case 'EpochBegun':
        this.epochs.push([...this.#servers]);
        this.joined.clear();
        break;
      case 'ServerJoined':
        if (event.epoch === this.epochs.length) this.joined.add(toHex(event.server));
        break;
      case 'BatchAppended':
        this.#append(event);
        break;
      case 'ComplaintFiled':
      case 'ComplaintWithdrawn':
      case 'ComplaintJustified':
      case 'RecordVoided':
        this.complaints.add(event);
        if (event.event !== 'RecordVoided') this.#count(event);
        break;
      default:
        this.#query(event);
    }
  }

  #append({ index, blockNumber, transactionHash, firstRecordId, count, records }: ContractEvent<'BatchAppended'>) {
    const place = { index, block: blockNumber, transaction: transactionHash, firstRecordId };
    this.batches.push({ ...place, records: count, bytes: records.length });
  }

  #count({ event, seat }: ContractEvent<'ComplaintFiled' | 'ComplaintWithdrawn' | 'ComplaintJustified'>): void {
    const server = this.#servers[seat - 1];
    if (server === undefined) return;
    const counts = this.complaintsBy.get(server) ?? { filed: 0, standing: 0, justified: 0 };
    this.complaintsBy.set(server, counts);
    if (event === 'ComplaintFiled') counts.filed++;
    counts.standing += event === 'ComplaintFiled' ? 1 : -1;
    if (event === 'ComplaintJustified') counts.justified++;
  }

  #query(event: QueryEvent): void {
    this.log.add(event, (epoch, seat) => this.epochs[epoch - 1]?.[seat - 1] ?? '0x');
    if (event.event !== 'FeeEarned') return;
    const server = toHex(event.server);
    this.earned.set(server, (this.earned.get(server) ?? 0n) + event.share);
  }
}
