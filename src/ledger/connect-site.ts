// Connects a site to the contract, with an account that sends, an archive and witnesses where they are given. Runs in browsers
// too, where nobody deals batches; open-site.ts adds what deals them.
import { ArchiveReader } from '../archive/reader.ts';
import type { IncompleteLogsError } from '../chain/errors.ts';
import { createLastingSender } from '../chain/lasting-sender.ts';
import type { WaitOptions } from '../chain/named-block.ts';
import { createSender, type SenderOptions } from '../chain/sending/sender.ts';
import { connect } from '../chain/witnesses.ts';
import { MIStoreContract } from '../contract/client.ts';
import { EventReader } from '../contract/events.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectedSite } from './site.ts';

/** Where and with which account a party works. */
export interface SiteConnection {
  /** HTTP endpoint of an Ethereum node. */
  rpc: string;
  /** HTTP endpoints on other hosts, which must all agree with `rpc` on what is read from the chain's state. */
  witnesses?: readonly string[];
  /** How an endpoint or witness that lags is waited for. */
  waiting?: WaitOptions;
  /** Address of the contract, 20 bytes. */
  contract: Uint8Array;
  /** The chain that the endpoint must serve; any if not given. */
  chainId?: bigint;
  /** keccak256 of the contract's code, 32 bytes; any if not given. */
  codeHash?: Uint8Array;
  engine: Engine;
  /** Archive of a ledger, to read events from: a path, or a Blob. The node is asked only for later events. */
  archive?: string | Blob;
  /** Called once if the node has pruned the later ones too: see ArchiveOptions. */
  onPruned?: (error: IncompleteLogsError) => void;
  /** Private key of the account that sends transactions, 32 bytes; without it the site can only read. */
  account?: Uint8Array;
  /** How that account sends: window, fee cap, confirmations. */
  sending?: Omit<SenderOptions, 'rpc' | 'privateKey'>;
  /** For programs that run for long: a sender that has given up is replaced by a new one when there is more to send. */
  lasting?: boolean;
}

/**
 * Connects to the contract. Throws ConnectionError, WrongChainError, NoContractError, or ArchiveError. With witnesses this,
 * and all that reads the state later, also throws WitnessDisagreementError and WitnessLagsError.
 */
export async function connectSite({
  rpc: url,
  witnesses,
  waiting,
  contract: address,
  chainId,
  codeHash,
  engine,
  account,
  sending,
  lasting = false,
  archive,
  onPruned,
}: SiteConnection): Promise<ConnectedSite> {
  const rpc = connect(url, witnesses, waiting);
  const create = lasting ? createLastingSender : createSender;
  const sender = account && (await create({ ...sending, rpc, privateKey: account }));
  const contract = await MIStoreContract.connect({
    rpc,
    address,
    ...(chainId !== undefined && { chainId }),
    ...(codeHash && { codeHash }),
    ...(sender && { sender }),
  });
  const events =
    archive === undefined
      ? new EventReader({ rpc, address })
      : await ArchiveReader.open(archive, { contract, ...(onPruned && { onPruned }) });
  return { engine, contract, events };
}
