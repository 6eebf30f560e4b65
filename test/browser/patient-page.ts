// What runs in the page of patient.test.ts: a patient's side of the library for browsers, with results as JSON for the server.
import {
  checkReceipts,
  connectSite,
  createEngine,
  decryptSeed,
  formatSignedConsent,
  fromHex,
  type Hex,
  LedgerComplaints,
  LedgerView,
  type MIStoreError,
  openArchiveSite,
  Patient,
  parseReceipts,
  queryReports,
  type ReadingSite,
  type Receipts,
} from '../../src/browser.ts';

/** What the server asks. */
export interface Task {
  endpoint: string;
  /** Text of a receipts file, and one of which an amount was changed. */
  receipts: string;
  changed: string;
  keystore: string;
  password: string;
  insurer: Hex;
  deadline: string;
}

/** What is found at one site: of all receipts, in JSON. */
export interface Found {
  checked: unknown;
  changed: unknown;
  voids: number[];
  phases: string[];
}

export interface Story {
  engine: string;
  endpoint: Found;
  alone: Found;
  /** A consent to all records, by the keystore. */
  consent: string;
  /** Error codes of an endpoint where nobody listens, and of a damaged archive. */
  codes: string[];
}

/** Everything that a page does, in this order. `archive`: the bytes of the ledger's. */
export async function tell(task: Task, archive: Blob): Promise<Story> {
  const engine = await createEngine();
  const receipts = parseReceipts(task.receipts);
  const changed = parseReceipts(task.changed);
  const place = { contract: fromHex(receipts.contract), chainId: receipts.chainId, engine };
  const online = await connectSite({ rpc: task.endpoint, ...place });
  const alone = await openArchiveSite(archive, engine);
  const look = async (site: ReadingSite): Promise<Found> => {
    const view = await LedgerView.load(site, fromHex(receipts.ledgerId));
    return {
      checked: await checkReceipts(site, receipts),
      changed: await checkReceipts(site, changed),
      voids: (await LedgerComplaints.read(site, view)).voids,
      phases: (await queryReports(site, {})).map(({ phase }) => phase),
    };
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error) => (error as MIStoreError).code,
    );
  return {
    engine: engine.name,
    endpoint: await look(online),
    alone: await look(alone),
    consent: await consent(task, receipts, new Patient(online, await seedOf(task))),
    codes: [
      await codeOf(connectSite({ rpc: `${task.endpoint.replace(/:\d+/, ':9')}`, ...place })),
      await codeOf(openArchiveSite(archive.slice(0, 1000), engine)),
    ],
  };
}

const seedOf = async ({ keystore, password }: Task) => (await decryptSeed('patient.json', keystore, password)).seed;

async function consent({ insurer, deadline }: Task, receipts: Receipts, patient: Patient): Promise<string> {
  const ids = receipts.records.map(({ recordId }) => recordId);
  return formatSignedConsent(patient.consent(fromHex(insurer), receipts, ids, BigInt(deadline)));
}

/** The page's own start; in Node the test calls tell(). */
export async function run(): Promise<void> {
  const [task, archive] = await Promise.all([fetch('/task'), fetch('/archive')]);
  const message = await tell((await task.json()) as Task, await archive.blob()).catch((error: Error) => ({
    failure: `${error.message}\n${error.stack}`,
  }));
  await fetch('/message', { method: 'POST', body: JSON.stringify(message) });
}
