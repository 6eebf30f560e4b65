// Where the page looks: an endpoint, an archive, or an archive with an endpoint for what is newer and for the contract's
// storage. The engine is made once for the page.
import { checkHeader } from '../../src/archive/format.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/load.ts';
import { ArgumentError, MIStoreError } from '../../src/errors.ts';
import { openArchiveSite } from '../../src/ledger/archive-site.ts';
import { connectSite } from '../../src/ledger/connect-site.ts';
import { type ConnectedSite, deploymentOf, type ReadingSite, vouchingHosts } from '../../src/ledger/site.ts';
import type { Cancelable, Chain, ChainSource, ContractPlace, Pinned, Word } from './types.ts';

/** What a Chain is to the model. */
export class OpenedChain implements Chain {
  readonly place: ContractPlace;
  readonly word: Word;
  readonly archive: Chain['archive'];
  readonly site: ReadingSite;
  /** Null where there is no endpoint. */
  readonly connected: ConnectedSite | null;
  /** Of blocks, Unix seconds: asked for once. */
  readonly times = new Map<number, number | null>();
  readonly #reader: ArchiveReader | null;

  constructor(site: ReadingSite, connected: ConnectedSite | null) {
    const { chainId, contract } = deploymentOf(site);
    const reader = site.events instanceof ArchiveReader ? site.events : null;
    this.place = { chainId, contract: toHex(contract) };
    this.site = site;
    this.connected = connected;
    this.#reader = reader;
    this.archive = reader && { name: reader.file, ledgerId: toHex(reader.ledgerId), block: reader.block };
    this.word = connected
      ? { kind: 'hosts', hosts: vouchingHosts(connected) }
      : { kind: 'archive', file: reader?.file ?? '' };
  }

  get hasNetwork(): boolean {
    return this.connected !== null;
  }

  /** Throws NO_NETWORK. */
  get network(): ConnectedSite {
    if (this.connected) return this.connected;
    throw new MIStoreError('NO_NETWORK', 'this needs an endpoint: an archive alone can only be read');
  }

  async close(): Promise<void> {
    await this.#reader?.close();
  }
}

export function opened(chain: Chain): OpenedChain {
  if (chain instanceof OpenedChain) return chain;
  throw new ArgumentError('chain', chain, 'what connect() gave');
}

/** As Model.connect. */
export async function connect(source: ChainSource, { onProgress, signal }: Cancelable = {}): Promise<Chain> {
  const { endpoint, archive, place } = source;
  const file = archive && new File([archive.blob], archive.name);
  const engine = await theEngine();
  signal?.throwIfAborted();
  onProgress?.({ stage: 'connecting', done: 0, total: null });
  if (endpoint !== undefined) {
    const connected = await connectSite({
      rpc: endpoint,
      ...placeOptions(place ?? (file && (await placeOf(file)))),
      engine,
      ...(file && { archive: file }),
    });
    signal?.throwIfAborted();
    return new OpenedChain(connected, connected);
  }
  if (file === undefined) {
    throw new MIStoreError(
      'NO_SOURCE',
      'give an endpoint, an archive file, or both: receipts are checked against these',
    );
  }
  const site = await openArchiveSite(file, engine, {
    onProgress: ({ batches, total }) => onProgress?.({ stage: 'archive', done: batches, total }),
    ...(signal && { signal }),
  });
  if (place) {
    const { header } = site.events;
    checkHeader(archive!.name, header, { ...header, chainId: place.chainId, contract: fromHex(place.contract) });
  }
  return new OpenedChain(site, null);
}

let engine: Promise<Engine> | undefined;

function theEngine(): Promise<Engine> {
  engine ??= createEngine();
  return engine;
}

function placeOptions(place: ContractPlace | Pinned | undefined) {
  if (place === undefined) {
    throw new MIStoreError(
      'NO_CONTRACT_NAMED',
      'no contract is named: give its address and chain, or an archive or network file, which name it',
    );
  }
  const codeHash: Hex | undefined = 'codeHash' in place ? place.codeHash : undefined;
  return {
    contract: fromHex(place.contract, 'contract', 20),
    chainId: place.chainId,
    ...(codeHash !== undefined && { codeHash: fromHex(codeHash, 'code hash', 32) }),
  };
}

/** The contract that an archive is of. */
async function placeOf(file: File): Promise<ContractPlace> {
  const reader = await ArchiveReader.open(file);
  await reader.close();
  return { chainId: reader.header.chainId, contract: toHex(reader.header.contract) };
}
