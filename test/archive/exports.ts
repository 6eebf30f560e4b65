// What the tests of exports share: a story on a chain, an endpoint in front of it that can misbehave, a folder, and archives
// in it by name.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArchiveExport, exportArchive } from '../../src/archive/export.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';
import { type Event, type Parsed, parseArchive } from './codec.ts';
import { type Story, tellStory } from './story.ts';

export interface Exports {
  chain: TestChain;
  story: Story;
  endpoint: Endpoint;
  /** The contract by way of the endpoint. */
  through: MIStoreContract;
  path(name: string): string;
  exists(name: string): Promise<boolean>;
  /** Exports the story's ledger, or another, to the file of that name. */
  exported(name: string, contract?: MIStoreContract, ledgerId?: Uint8Array): Promise<ArchiveExport>;
  parsed(name: string): Promise<Parsed>;
  eventsOf(name: string): Promise<({ kind: 'event' } & Event)[]>;
  stop(): Promise<void>;
}

export async function openExports(): Promise<Exports> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-archive-'));
  const chain = await startChain();
  const story = await tellStory(chain);
  const endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
  const through = await MIStoreContract.connect({ rpc: endpoint.url, address: chain.address });
  const path = (name: string) => join(folder, name);
  const exists = (name: string) =>
    stat(path(name)).then(
      () => true,
      () => false,
    );
  const exported = (name: string, contract = story.insurer, ledgerId = story.ledger.ledgerId) =>
    exportArchive({ contract, ledgerId, file: path(name) });
  const parsed = async (name: string) => parseArchive(await readFile(path(name)));
  const eventsOf = async (name: string) =>
    (await parsed(name)).parts.filter((part) => part.kind === 'event') as ({ kind: 'event' } & Event)[];
  const stop = async () => {
    await endpoint.stop();
    await chain.stop();
    await rm(folder, { recursive: true });
  };
  return { chain, story, endpoint, through, path, exists, exported, parsed, eventsOf, stop };
}
