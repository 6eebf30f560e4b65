// A cast on an embedded chain, for tests: hospital, servers, insurer with seeds of their own and fresh objects on demand,
// and a made-up CSV with its plain totals. Nothing here computes a sum the way MIStore does.
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { fund, type NodeOptions } from '../../src/chain/embedded-node.ts';
import type { LedgerTerms } from '../../src/contract/types.ts';
import { sampleEncounters } from '../../src/demo/sample.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey } from '../../src/identity/keys.ts';
import type { IngestRow } from '../../src/ingest/ingest.ts';
import { openSite, type Site } from '../../src/ledger/site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Server } from '../../src/parties/server.ts';
import { ETHER, startChain, type TestChain } from './chain.ts';

export const LANES = ['TOTAL_CLAIM_COST', 'PAYER_COVERAGE'];

/** The seed of whoever has this name, the same in every run. */
export const seedOf = (name: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(`MIStore test seed ${name}`).digest());

export interface Stage {
  chain: TestChain;
  engine: Engine;
  /** The contract as the account of this seed sees it: new objects each time; funded. */
  site(seed: Uint8Array): Promise<Site>;
  /** The contract to read only. */
  reader(): Promise<Site>;
  /** Seconds of the latest block's time from now. */
  deadline(seconds?: number): Promise<bigint>;
}

export async function openStage(options?: NodeOptions): Promise<Stage> {
  const chain = await startChain(options);
  const engine = await createEngine();
  const at = { rpc: chain.node.url, contract: chain.address, engine };
  return {
    chain,
    engine,
    site: async (seed) => {
      const account = accountKey(seed);
      await fund(chain.node.url, accountOf(account), 1000n * ETHER);
      return openSite({ ...at, account, sending: { pollInterval: 20 } });
    },
    reader: () => openSite(at),
    deadline: async (seconds = 3600) => {
      const block = await chain.rpc.call<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
      return BigInt(block.timestamp) + BigInt(seconds);
    },
  };
}

export interface Cast {
  threshold: number;
  ledgerId: bigint;
  hospitalSeed: Uint8Array;
  hospitalSite: Site;
  hospital: Hospital;
  /** Server of seat i at i − 1. */
  serverSeeds: Uint8Array[];
  serverSites: Site[];
  servers: Server[];
}

/** A hospital and servers named after `name`, with an active ledger between them. */
export async function openCast(
  stage: Stage,
  name: string,
  threshold: number,
  seats: number,
  terms: Partial<LedgerTerms> = {},
): Promise<Cast> {
  const hospitalSeed = seedOf(`${name}: hospital`);
  const hospitalSite = await stage.site(hospitalSeed);
  const hospital = new Hospital(hospitalSite, hospitalSeed);
  const serverSeeds = Array.from({ length: seats }, (_, s) => seedOf(`${name}: server ${s + 1}`));
  const serverSites = await Promise.all(serverSeeds.map((seed) => stage.site(seed)));
  const servers = serverSeeds.map((seed, s) => new Server(serverSites[s]!, seed));
  await Promise.all(servers.map((server) => server.register()));
  const ledgerId = await hospital.openLedger({
    threshold,
    servers: servers.map(({ address }) => address),
    lanes: LANES,
    scale: 2,
    currency: 'USD',
    minRecords: 1,
    ...terms,
  });
  await Promise.all(servers.map((server) => server.join(ledgerId)));
  return { threshold, ledgerId, hospitalSeed, hospitalSite, hospital, serverSeeds, serverSites, servers };
}

/** A made-up CSV in Synthea's columns. */
export const sampleCsv = (rows: number, seed: string, patients = 12): string =>
  [...sampleEncounters({ rows, patients, seed })].join('');

/** Its rows as ingest takes them, read by csv-parse and plain arithmetic. */
export function rowsOf(csv: string): IngestRow[] {
  return (parse(csv, { columns: true }) as Record<string, string>[]).map((fields, i) => ({
    row: i + 1,
    patient: fields.PATIENT!,
    id: fields.Id!,
    amounts: LANES.map((lane) => cents(fields[lane]!)),
  }));
}

/** Decimal text with two decimals → hundredths. */
export function cents(text: string): bigint {
  const [whole, part] = text.replace('-', '').split('.');
  const magnitude = BigInt(whole!) * 100n + BigInt((part ?? '').padEnd(2, '0'));
  return text.startsWith('-') ? -magnitude : magnitude;
}

/** Records and sums of a patient. */
export function plainTotals(rows: readonly IngestRow[], patient?: string): { records: number; sums: bigint[] } {
  const own = rows.filter((row) => patient === undefined || row.patient === patient);
  return {
    records: own.length,
    sums: LANES.map((_, lane) => own.reduce((sum, { amounts }) => sum + amounts[lane]!, 0n)),
  };
}

/** The patient with most rows. */
export function busiestPatient(rows: readonly IngestRow[]): string {
  const counts = new Map<string, number>();
  for (const { patient } of rows) counts.set(patient, (counts.get(patient) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
}

/** What the error of a promise says, for tables of expectations; throws where there is none. */
export async function fault(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; details: Record<string, unknown> }> {
  try {
    await work;
  } catch (error) {
    const {
      code = (error as Error).name,
      message,
      details = {},
    } = error as { code?: string; message: string; details?: Record<string, unknown> };
    return { code, message, details };
  }
  throw new Error('nothing was refused');
}

/** Every record of a ledger as `tag amounts`, in order of record id. */
export async function storedRecords({ hospital, ledgerId }: Cast): Promise<string[]> {
  const lines: string[] = [];
  for await (const { recordId, tag, amounts } of hospital.readBack(ledgerId))
    lines[recordId] = `${tag} ${amounts.join(' ')}`;
  return lines;
}

/** The rows as storedRecords tells them. */
export const linesOf = ({ hospital }: Cast, rows: readonly IngestRow[]): string[] => {
  const tags = hospital.tags();
  return rows.map(({ patient, amounts }) => `${toHex(tags.tag(patient))} ${amounts.join(' ')}`);
};
