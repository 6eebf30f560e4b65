// mistore server run: a server that checks every batch dealt to it and answers every query it can, until it is stopped.
import { addressText } from '../../../chain/account.ts';
import { counted } from '../../../counted.ts';
import type { RoundEvent } from '../../../parties/server-rounds.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, collectAddresses, integer, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { stopSignal } from '../../signals.ts';
import { openRole } from '../../sites.ts';

interface RunOptions extends RoleFlags, FeeFlags {
  ledger?: Uint8Array;
  contractAccount?: Uint8Array[];
  join?: boolean;
  once?: boolean;
  interval: number;
}

export const serverRun = defineCommand({
  name: 'run',
  description: 'check every batch and answer every query of the ledgers that this server has joined; until Ctrl-C',
  examples: ['mistore server run --keystore server1.json', 'mistore server run --ledger 0x12ab… --once --json'],
  configure: (command) =>
    roleOptions(
      feeOptions(command)
        .option('--ledger <id>', 'this ledger only', ledgerId)
        .option(
          '--contract-account <address>',
          "a patient's account that you know to be a contract: it is asked for its signatures; can be given again",
          collectAddresses,
        )
        .option('--join', 'first join every ledger that names this server, whoever opened it')
        .option('--once', 'do what there is to do now, and end')
        .option('--interval <seconds>', 'how often to look at the chain', integer(1, 3600), 5),
    ).addOption(archiveOption()),
  run,
});

async function run(output: Output, options: RunOptions): Promise<object> {
  const { signaturesOf } = await import('../../../ledger/query-view.ts');
  const { Server } = await import('../../../parties/server.ts');
  const { ServerRounds } = await import('../../../parties/server-rounds.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const server = new Server(site, seed, { contractSignature: signaturesOf(site, options.contractAccount ?? []) });
  const rounds = new ServerRounds(server, {
    ...(options.ledger !== undefined && { ledgerId: options.ledger }),
    join: options.join ?? false,
    signal: stopSignal(),
    onEvent: (event) => {
      for (const line of inWords(event)) output.note(line);
    },
  });
  output.note(`Server ${addressText(server.address)} is running.`);
  await (options.once ? rounds.round() : rounds.run(1000 * options.interval));
  const { leftOut, away, ...done } = rounds.summary;
  output.print(`Checked ${counted(done.records, 'record')}, answered ${counted(done.answered, 'query', 'queries')}.`);
  if (leftOut.length > 0 || away !== null) process.exitCode = 1;
  return {
    address: addressText(server.address),
    ...done,
    leftOut: leftOut.map((left) => ({ ledger: left.ledgerId, why: left.error.message })),
    away: away === null ? null : away.message,
  };
}

/** What happened, as lines for people. */
function inWords(event: RoundEvent): string[] {
  switch (event.kind) {
    case 'checked': {
      const { ledgerId: ledger, batch, records, bad } = event;
      const right = `Ledger ${ledger}, batch ${batch}: ${records - bad.length} of ${counted(records, 'share is', 'shares are')} right.`;
      if (bad.length === 0) return [right];
      return [
        right,
        `Wrong shares in ${bad.length === 1 ? 'record' : 'the records'} ${bad.join(', ')}: the hospital dealt them wrongly.`,
      ];
    }
    case 'answered':
      return [
        `Answered ${counted(event.queryIds.length, 'query', 'queries')} of ledger ${event.ledgerId}, ${event.gasUsed} gas.`,
      ];
    case 'refused':
      return [`Query ${event.queryId} is refused: ${event.reason}.`];
    case 'invited': {
      const { ledgerId: ledger } = event;
      return [`Ledger ${ledger} names this server, which has not joined its epoch: mistore ledger join ${ledger}`];
    }
    case 'left-out':
      return [`Ledger ${event.ledgerId} is left out: ${event.error.message}.`];
    case 'away':
      return [`The chain cannot be read: ${event.error.message}. It is tried again.`];
    case 'back':
      return ['The chain can be read again.'];
  }
}
