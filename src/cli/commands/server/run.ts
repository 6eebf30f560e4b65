// mistore server run: a server that follows the chain, checks every batch dealt to it and answers every query it can, until it is
// stopped. What it does is the library's ServerDaemon; here are its options, its log, and what it tells over HTTP.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { addressText } from '../../../address.ts';
import { counted } from '../../../counted.ts';
import type { Site } from '../../../ledger/site.ts';
import type { DaemonEvent, DaemonSummary } from '../../../parties/server/daemon/daemon-events.ts';
import type { Server } from '../../../parties/server/server.ts';
import { defineCommand } from '../../command.ts';
import type { ListenAddress, Listener } from '../../daemon/listener.ts';
import type { LogFormat } from '../../daemon/log.ts';
import { LEVELS, type Level } from '../../daemon/words.ts';
import {
  archiveOption,
  collectAddresses,
  integer,
  ledgerId,
  loopback,
  type RoleFlags,
  roleOptions,
  seconds,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { etherAmount, type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { stopSignal } from '../../signals.ts';
import { openRole } from '../../sites.ts';

interface RunOptions extends RoleFlags, FeeFlags {
  ledger?: Uint8Array;
  contractAccount?: Uint8Array[];
  accept?: Uint8Array[];
  acceptAnyone?: boolean;
  minThreshold: number;
  maxServers?: number;
  minRecords: number;
  once?: boolean;
  /** Seconds. */
  interval: number;
  patience?: number;
  depth?: number;
  websocket?: string;
  complaints: boolean;
  minFee: bigint;
  state?: string;
  listen?: ListenAddress;
  log?: LogFormat;
  logLevel: Level;
}

/** Milliseconds in which the program ends after its work; what hangs then is left. */
const END_PATIENCE = 3000;
const MAX_SECONDS = 3600;
/** In the folder of --state. */
const CACHE_NAME = 'server-cache.json';

export const serverRun = defineCommand({
  examples: [
    'mistore server run --keystore server1.json --accept 0x12AB… --state /var/lib/mistore',
    'mistore server run --ledger 0x12ab… --once --json',
    'mistore server run --keystore server1.json --accept 0x12AB… --min-fee 0.001',
  ],
  roles: ['server'],
  configure: (command) => daemonOptions(roleOptions(feeOptions(command))).addOption(archiveOption()),
  run,
});

const daemonOptions = (command: Command): Command =>
  command
    .option('--ledger <id>', 'this ledger only', ledgerId)
    .option(
      '--contract-account <address>',
      "a patient's account that you know to be a contract: it is asked for its signatures; can be given again",
      collectAddresses,
    )
    .option(
      '--accept <address>',
      'join the ledgers of this hospital; can be given again, or several with commas between them',
      collectAddresses,
    )
    .option('--accept-anyone', 'join every ledger that names this server, whoever opened it')
    .option(
      '--min-threshold <t>',
      'join no ledger with a lower threshold; 1 lets each server alone read every amount',
      integer(1, 255),
      2,
    )
    .option('--max-servers <count>', 'join no ledger with more servers', integer(1, 255))
    .option('--min-records <count>', 'join no ledger that answers queries over fewer records', integer(1, 2 ** 20), 1)
    .option('--no-complaints', 'report wrong shares, but do not complain about them')
    .addOption(
      new Option(
        '--min-fee <ether>',
        'least pay for an answer, which is stated on chain; other queries are not answered',
      )
        .default(0n, '0')
        .argParser(etherAmount({ allowsNone: true })),
    )
    .option('--once', 'do what there is to do now, and end')
    .option('--interval <seconds>', 'how often to look at the chain', seconds(0.01, MAX_SECONDS), 1)
    .option('--websocket <url>', 'endpoint that announces new blocks: then the chain is looked at once more')
    .addOption(
      new Option('--depth <blocks>', 'blocks behind the newest one up to which the chain is believed')
        .default(undefined, '2; 0 on the embedded chain')
        .argParser(integer(0, 1_000_000)),
    )
    .addOption(
      new Option('--patience <seconds>', "from one server's turn to answer to the next, if answers are missing")
        .default(undefined, "two blocks' time, at least 5")
        .argParser(seconds(0, MAX_SECONDS)),
    )
    .option('--state <dir>', 'folder for a cache, which makes a restart quick')
    .option(
      '--listen <address>',
      'tell /healthz and /metrics on this address of this machine, as 127.0.0.1:9464',
      loopback,
    )
    .addOption(
      new Option('--log <format>', 'of the lines on standard error')
        .choices(['json', 'text'])
        .default(undefined, 'text at a terminal, else json'),
    )
    .addOption(new Option('--log-level <level>', 'least level of what is logged').choices(LEVELS).default('info'));

async function run(output: Output, options: RunOptions): Promise<object> {
  const { createLog } = await import('../../daemon/log.ts');
  const log = createLog(output, options.log ?? (output.isAtTerminal ? 'text' : 'json'), options.logLevel);
  const { site, seed } = await openRole(options, {
    sending: feesOf(options),
    lasting: true,
    say: (line, fields) => log.say(line, fields),
  });
  const { signaturesOf } = await import('../../../ledger/query-view.ts');
  const { Server } = await import('../../../parties/server/server.ts');
  const contractSignature = signaturesOf(site, options.contractAccount ?? []);
  const server = new Server(site, seed, { contractSignature, minimumFee: options.minFee });
  const listener = options.listen && (await listenOn(options.listen, options.interval));
  const address = addressText(server.address);
  const telling = listener === undefined ? '' : ` /healthz and /metrics are on http://${listener.address}.`;
  log.say(`Server ${address} is running.${telling}`, { kind: 'started', address, listening: listener?.address });
  try {
    const onEvent = (event: DaemonEvent) => {
      log.event(event);
      listener?.add(event);
    };
    const { leftOut, away, ...done } = await serve(site, server, options, onEvent);
    output.print(`Checked ${counted(done.records, 'record')}, answered ${counted(done.answered, 'query', 'queries')}.`);
    if (leftOut.length > 0 || away !== null) process.exitCode = 1;
    return {
      address,
      ...done,
      leftOut: leftOut.map((left) => ({ ledger: left.ledgerId, why: left.error.message })),
      away: away === null ? null : away.message,
    };
  } finally {
    listener?.close();
    site.contract.close();
    setTimeout(() => process.exit(), END_PATIENCE).unref();
  }
}

async function listenOn(address: ListenAddress, interval: number): Promise<Listener> {
  const { Listener } = await import('../../daemon/listener.ts');
  return Listener.open(address, 1000 * interval);
}

/** Runs the daemon to its end. */
async function serve(
  site: Site,
  server: Server,
  options: RunOptions,
  onEvent: (event: DaemonEvent) => void,
): Promise<DaemonSummary> {
  const { ServerDaemon } = await import('../../../parties/server/daemon/daemon.ts');
  const { accept, acceptAnyone, minThreshold, maxServers, minRecords, ledger, depth, websocket, patience, state } =
    options;
  if (state !== undefined) await mkdir(state, { recursive: true, mode: 0o700 });
  const daemon = new ServerDaemon(site, server, {
    ...(acceptAnyone ? { accept: 'anyone' } : accept && { accept }),
    minThreshold,
    ...(maxServers !== undefined && { maxServers }),
    minRecords,
    ...(ledger && { ledgerId: ledger }),
    ...(depth !== undefined && { depth }),
    ...(websocket !== undefined && { websocket }),
    ...(patience !== undefined && { patience: 1000 * patience }),
    ...(state !== undefined && { cacheFile: join(state, CACHE_NAME) }),
    interval: 1000 * options.interval,
    complain: options.complaints,
    signal: stopSignal(),
    onEvent,
  });
  await (options.once ? daemon.once() : daemon.run());
  return daemon.summary;
}
