// Commands about a ledger: open, join, show.
import type { Command } from 'commander';
import { addressText } from '../chain/account.ts';
import { MIStoreError } from '../errors.ts';
import type { Site } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { Hospital } from '../parties/hospital.ts';
import { Server } from '../parties/server.ts';
import { action, openReader, openRole } from './command.ts';
import {
  archiveOption,
  type CommonOptions,
  collectAddresses,
  contractOption,
  integer,
  jsonOption,
  keystoreOption,
  ledgerNumber,
  passwordOption,
  rpcOption,
} from './options.ts';
import type { Output } from './output.ts';
import { type ProfileFlags, profileOf, profileOptions } from './profile-options.ts';
import { cappedBy, type FeeFlags, maxFeeOption } from './sending-options.ts';

interface OpenOptions extends CommonOptions, ProfileFlags, FeeFlags {
  threshold: number;
  server: Uint8Array[];
  minRecords: number;
}

export function addLedger(program: Command): void {
  const ledger = program.command('ledger').description('open a ledger (hospital), join one (server), show one');

  const open = ledger
    .command('open')
    .description('open a ledger (hospital), with the lanes of a profile, and channels to its servers')
    .requiredOption('--server <address>', 'a registered server; give it once for each seat, in order', collectAddresses)
    .requiredOption('--threshold <t>', 'how many servers it takes to answer', integer(1, 255))
    .option('--min-records <count>', 'refuse queries over fewer records', integer(1, 2 ** 20), 1)
    .addOption(maxFeeOption());
  profileOptions(open)
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(keystoreOption())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(
      action(async (output, options: OpenOptions) => {
        const profile = await profileOf(options);
        const { threshold, server: servers } = options;
        if (threshold > servers.length) {
          const message = `--threshold ${threshold} with ${servers.length} --server; it must be 1 ≤ threshold ≤ servers ≤ 255`;
          throw new MIStoreError('INVALID_THRESHOLD', message, { threshold, servers: servers.length });
        }
        const { site, seed } = await openRole(options, cappedBy(options));
        const hospital = new Hospital(site, seed);
        if (options.threshold === 1) output.say('Warning: with threshold 1 every server alone can read every amount.');
        const ledgerId = await hospital.openLedger({
          threshold: options.threshold,
          servers: options.server,
          lanes: profile.columns.lanes.map(({ name }) => name),
          scale: profile.amounts.scale,
          currency: profile.amounts.currency,
          minRecords: options.minRecords,
        });
        output.say(
          `Opened ledger ${ledgerId}. It can be written to when all ${options.server.length} servers have joined.`,
        );
        return { ledger: ledgerId };
      }),
    );

  ledger
    .command('join')
    .description('join a ledger that names this server')
    .argument('<ledger>', 'number of the ledger', ledgerNumber)
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(keystoreOption())
    .addOption(passwordOption())
    .addOption(archiveOption())
    .addOption(jsonOption())
    .action(
      action(async (output, options: CommonOptions, ledgerId: bigint) => {
        const { site, seed } = await openRole(options);
        await new Server(site, seed).join(ledgerId);
        const { joined, seats } = await site.contract.getLedger(ledgerId);
        output.say(`Joined ledger ${ledgerId}; ${joined} of ${seats} servers have.`);
        return { ledger: ledgerId, joined, seats };
      }),
    );

  ledger
    .command('show')
    .description("show a ledger's terms and size")
    .argument('<ledger>', 'number of the ledger', ledgerNumber)
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(archiveOption())
    .addOption(jsonOption())
    .action(action(showLedger));
}

async function showLedger(output: Output, options: CommonOptions, ledgerId: bigint): Promise<object> {
  const site = await openReader(options);
  const view = await LedgerView.load(site, ledgerId);
  const { opening } = view;
  const { joined, nextBatch, nextRecordId } = await view.state();
  const active = joined === opening.servers.length;
  const shown = {
    ledger: ledgerId,
    hospital: addressText(opening.hospital),
    threshold: opening.threshold,
    servers: opening.servers.map(addressText),
    joined,
    active,
    notJoined: active ? [] : await missing(site, ledgerId, opening.servers),
    lanes: opening.lanes,
    scale: opening.scale,
    currency: opening.currency,
    minRecords: opening.minRecords,
    batches: nextBatch,
    records: nextRecordId,
  };
  output.table(
    ['term', 'value'],
    Object.entries(shown).map(([name, value]) => [name, Array.isArray(value) ? value.join('\n') : String(value)]),
  );
  return shown;
}

/** Whom the ledger still waits for. */
async function missing({ contract }: Site, ledgerId: bigint, servers: readonly Uint8Array[]): Promise<string[]> {
  const waiting: string[] = [];
  for (const server of servers) {
    if (!(await contract.seatOf(ledgerId, server)).joined) waiting.push(addressText(server));
  }
  return waiting;
}
