// The parties of a ledger on an embedded chain, for tests: hospital and servers with seeds of their own, and what they
// hold. This is how a test sets up a ledger, unless it makes the contract's calls itself (ledger.ts).
import { toHex } from '../../src/bytes.ts';
import { type IngestRow, ingest } from '../../src/ingest/ingest.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Hospital, type OpenedRecord } from '../../src/parties/hospital.ts';
import { Server } from '../../src/parties/server.ts';
import { sourceName } from '../../src/records/source.ts';
import { seedOf, type TestChain } from './chain.ts';
import { LANES } from './sample.ts';

type Terms = Parameters<Hospital['openLedger']>[0];

export interface Cast {
  chain: TestChain;
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
  chain: TestChain,
  name: string,
  threshold: number,
  seats: number,
  terms: Partial<Terms> = {},
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
    ...terms,
  });
}

/** Another ledger of the same people on the same terms, active if all servers are to join it. */
export async function openAnother(cast: Cast, { join = true } = {}): Promise<Cast> {
  const { hospital } = await hospitalOf(cast);
  return openLedgerOf(cast, hospital, (await hospital.dealer(cast.ledgerId)).ledger.opening, join);
}

async function openLedgerOf(
  people: Omit<Cast, 'ledgerId'>,
  hospital: Hospital,
  terms: Terms,
  join = true,
): Promise<Cast> {
  const ledgerId = await hospital.openLedger(terms);
  if (join) await Promise.all(people.servers.map((server) => server.join(ledgerId)));
  return { ...people, ledgerId };
}

/** The hospital in new objects, as another process would have it: a sender must be alone on its account. */
export async function hospitalOf({ chain, hospitalSeed }: Cast): Promise<{ site: Site; hospital: Hospital }> {
  const site = await chain.site(hospitalSeed);
  return { site, hospital: new Hospital(site, hospitalSeed) };
}

/** Stores rows in the ledger, of which none may conflict with another. */
export const storeRows = async (
  { hospital, hospitalSite, ledgerId }: Cast,
  rows: readonly IngestRow[],
  source = sourceName('a.csv', new Uint8Array(32)),
) =>
  ingest(hospitalSite, await hospital.dealer(ledgerId), rows, {
    source,
    tags: hospital.tags(),
    onConflict: ({ row }) => {
      throw new Error(`row ${row} conflicts`);
    },
  });

/** What the hospital reads back, from seed and chain. */
export async function storedRecords(cast: Cast): Promise<OpenedRecord[]> {
  const { hospital } = await hospitalOf(cast);
  const records: OpenedRecord[] = [];
  for await (const record of hospital.readBack(cast.ledgerId)) records.push(record);
  return records;
}

/** Every record of a ledger as `tag amounts`, in order of record id. */
export async function storedLines(cast: Cast): Promise<string[]> {
  const lines: string[] = [];
  for (const { recordId, tag, amounts } of await storedRecords(cast)) lines[recordId] = `${tag} ${amounts.join(' ')}`;
  return lines;
}

/** The lines that storedLines gives once these rows are stored. */
export const linesOf = ({ hospital }: Cast, rows: readonly IngestRow[]): string[] => {
  const tags = hospital.tags();
  return rows.map(({ patient, amounts }) => `${toHex(tags.tag(patient))} ${amounts.join(' ')}`);
};

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
