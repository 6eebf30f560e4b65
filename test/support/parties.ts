// The parties of a ledger on an embedded chain, for tests: hospital and servers with seeds of their own, and what they
// hold. This is how a test sets up a ledger, unless it makes the contract's calls itself (ledger.ts).
import { toHex, uint256 } from '../../src/bytes.ts';
import type { LedgerTerms } from '../../src/contract/types.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import { type IngestRow, ingest } from '../../src/ingest/ingest.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Hospital, type OpenedRecord } from '../../src/parties/hospital.ts';
import { Server } from '../../src/parties/server/server.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../src/records/series.ts';
import { sourceName } from '../../src/records/source.ts';
import { profileCategories } from '../../src/records/terms.ts';
import { seedOf, type TestChain } from './chain.ts';
import { LANES } from './sample.ts';

export interface Cast {
  chain: TestChain;
  threshold: number;
  /** 32 bytes. */
  ledgerId: Uint8Array;
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
  chain: TestChain,
  name: string,
  threshold: number,
  seats: number,
  terms: Partial<LedgerTerms> = {},
): Promise<Cast> {
  const hospitalSeed = seedOf(`${name}: hospital`);
  const hospitalSite = await chain.site(hospitalSeed);
  const hospital = new Hospital(hospitalSite, hospitalSeed);
  const serverSeeds = Array.from({ length: seats }, (_, s) => seedOf(`${name}: server ${s + 1}`));
  const serverSites = await Promise.all(serverSeeds.map((seed) => chain.site(seed)));
  const servers = serverSeeds.map((seed, s) => new Server(serverSites[s]!, seed));
  await Promise.all(servers.map((server) => server.register()));
  const people = { chain, threshold, hospitalSeed, hospitalSite, hospital, serverSeeds, serverSites, servers };
  return openLedgerOf(people, hospital, {
    threshold,
    servers: servers.map(({ address }) => address),
    lanes: LANES,
    scale: 2,
    currency: 'USD',
    minRecords: 1,
    categories: profileCategories(presetProfile('synthea-encounters')),
    ...terms,
  });
}

/**
 * Another ledger of the same people on the same terms, active if all servers are to join it. The hospital sends by new objects,
 * and must not by those of `cast` from then on.
 */
export async function openAnother(cast: Cast, { join = true } = {}): Promise<Cast> {
  const { hospital, site } = await hospitalOf(cast);
  const { terms } = (await hospital.dealer(cast.ledgerId)).ledger;
  return openLedgerOf({ ...cast, hospital, hospitalSite: site }, hospital, terms, join);
}

let opened = 0;

async function openLedgerOf(
  people: Omit<Cast, 'ledgerId'>,
  hospital: Hospital,
  terms: LedgerTerms,
  join = true,
): Promise<Cast> {
  const ledgerId = await hospital.openLedger(terms, uint256(++opened));
  if (join) await Promise.all(people.servers.map((server) => server.join(ledgerId)));
  return { ...people, ledgerId };
}

/** The hospital in new objects, as another process would have it: a sender must be alone on its account. */
export async function hospitalOf({ chain, hospitalSeed }: Cast): Promise<{ site: Site; hospital: Hospital }> {
  const site = await chain.site(hospitalSeed);
  return { site, hospital: new Hospital(site, hospitalSeed) };
}

/** Stores rows in the ledger, of which none may be refused. */
export async function storeRows(
  { hospital, hospitalSite, ledgerId }: Cast,
  rows: readonly IngestRow[],
  source = sourceName('a.csv', new Uint8Array(32)),
) {
  const refuse = ({ row }: IngestRow) => {
    throw new Error(`row ${row} is refused`);
  };
  const accounts = hospital.accounts();
  const options = { source, accounts, onConflict: refuse, onOutOfRange: refuse };
  return ingest(hospitalSite, await hospital.dealer(ledgerId), rows, options);
}

/** What the hospital reads back, from seed and chain. */
export async function storedRecords(cast: Cast): Promise<OpenedRecord[]> {
  const { hospital } = await hospitalOf(cast);
  const records: OpenedRecord[] = [];
  for await (const record of hospital.readBack(cast.ledgerId)) records.push(record);
  return records;
}

/** A record of a patient under their custodial account. */
export interface StoredRow {
  patient: string;
  category: string;
  position: number;
  amounts: bigint[];
  /** 0x-hex. */
  key: string;
  recordId: number;
}

/** Every record of a ledger, found by the ids of these rows' patients. Throws where one is found by none. */
export async function storedRows(cast: Cast, rows: readonly Pick<IngestRow, 'patient'>[]): Promise<StoredRow[]> {
  const { ledgerId, hospital, hospitalSeed } = cast;
  const records = await storedRecords(cast);
  const byTag = new Map(records.map((record) => [record.tag as string, record]));
  if (byTag.size < records.length) throw new Error('a tag occurs twice');
  const { categories } = (await hospital.dealer(ledgerId)).ledger.terms;
  const found: StoredRow[] = [];
  for (const patient of new Set(rows.map((row) => row.patient))) {
    const key = viewingKey(dealingKey(hospitalSeed), patient);
    const account = hospital.accounts().accounts(patient)[0]!;
    for (const category of categories) {
      const series = seriesId(key, { ledgerId, account, category });
      let before: bigint[] | undefined;
      for (let position = 1; ; position++) {
        const record = byTag.get(toHex(tagOf(account, series, position, saltOf(key, ledgerId, series, position))));
        if (!record) break;
        const amounts = record.total.map((lane, l) => lane - (before?.[l] ?? 0n));
        found.push({ patient, category, position, amounts, key: record.key, recordId: record.recordId });
        before = record.total;
      }
    }
  }
  if (found.length < records.length) throw new Error(`${records.length - found.length} records are of nobody`);
  return found.sort((a, b) => a.recordId - b.recordId);
}

/** Every record of a ledger as `patient category position amounts`, sorted. */
export const storedLines = async (cast: Cast, rows: readonly IngestRow[]): Promise<string[]> =>
  (await storedRows(cast, rows)).map(lineOf).sort();

/** The lines that storedLines gives once these rows are stored. */
export function linesOf(rows: readonly IngestRow[]): string[] {
  const positions = new Map<string, number>();
  return rows
    .map((row) => {
      const series = `${row.patient} ${row.category}`;
      const position = 1 + (positions.get(series) ?? 0);
      positions.set(series, position);
      return lineOf({ ...row, position });
    })
    .sort();
}

const lineOf = (row: Pick<IngestRow, 'patient' | 'category' | 'amounts'> & { position: number }) =>
  [row.patient, row.category, row.position, ...row.amounts].join(' ');

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
