// mistore server run: a server that checks every batch dealt to it and answers every query it can, until it is stopped.
import { toHex } from '../../../bytes.ts';
import { addressText } from '../../../chain/account.ts';
import { pause } from '../../../chain/rpc.ts';
import type { AnswerCall, EventArguments } from '../../../contract/types.ts';
import { MIStoreError } from '../../../errors.ts';
import { keccak256 } from '../../../keccak.ts';
import { type Refusal, Server } from '../../../parties/server.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, integer, ledgerNumber, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { cappedBy, type FeeFlags, maxFeeOption } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

interface RunOptions extends RoleFlags, FeeFlags {
  ledger?: bigint;
  join?: boolean;
  once?: boolean;
  interval: number;
}

export const serverRun = defineCommand({
  name: 'run',
  description: 'check every batch and answer every query of the ledgers that this server has joined; until Ctrl-C',
  examples: ['mistore server run --keystore server1.json', 'mistore server run --ledger 1 --once --json'],
  configure: (command) =>
    roleOptions(
      command
        .option('--ledger <number>', 'this ledger only', ledgerNumber)
        .option('--join', 'first join every ledger that names this server, whoever opened it')
        .option('--once', 'do what there is to do now, and end')
        .option('--interval <seconds>', 'how often to look at the chain', integer(1, 3600), 5)
        .addOption(maxFeeOption()),
    ).addOption(archiveOption()),
  run,
});

async function run(output: Output, options: RunOptions): Promise<object> {
  const { site, seed } = await openRole(options, cappedBy(options));
  const server = new Server(site, seed);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping = true;
    });
  }
  const checked = new Map<bigint, number>();
  /** By query and contents, which can change: see query/masks.ts. */
  const refused = new Map<string, Refusal>();
  const leftOut = new Map<bigint, string>();
  const invitations = new Set<bigint>();
  const done = { records: 0, badRecords: [] as number[], answered: 0 };
  /** Why the chain cannot be read now; null if it can. */
  let away: string | null = null;
  output.say(`Server ${addressText(server.address)} is running.`);
  for (;;) {
    away = await round();
    if (options.once || stopping) break;
    for (let waited = 0; waited < 10 * options.interval && !stopping; waited++) await pause(100);
  }
  if (leftOut.size > 0 || away !== null) process.exitCode = 1;
  return {
    address: addressText(server.address),
    ...done,
    refused: refused.size,
    notJoined: [...invitations],
    leftOut: [...leftOut].map(([ledger, why]) => ({ ledger, why })),
    away,
  };

  /** Serves all ledgers once. An endpoint that is away for a while does not end the server, which would check all anew. */
  async function round(): Promise<string | null> {
    try {
      for (const ledgerId of options.ledger === undefined ? await server.ledgers() : [options.ledger]) {
        if (!stopping) await serve(ledgerId);
      }
    } catch (error) {
      if (!(error instanceof MIStoreError) || options.once) throw error;
      if (away !== error.message) output.say(`The chain cannot be read: ${error.message}. It is tried again.`);
      return error.message;
    }
    if (away !== null) output.say('The chain can be read again.');
    return null;
  }

  /**
   * Anyone can open a ledger that names this server, or a query: what is wrong with one must not stop the others, and
   * joining takes this server's own wish.
   */
  async function serve(ledgerId: bigint): Promise<void> {
    try {
      if (options.join) await server.join(ledgerId);
      else if (!(await server.hasJoined(ledgerId))) {
        if ((await site.contract.seatOf(ledgerId, server.address)).seat === 0) {
          throw new MIStoreError('NOT_A_MEMBER', `it does not name this server, ${addressText(server.address)}`);
        }
        return invited(ledgerId);
      }
      await check(ledgerId);
      if (stopping) return;
      await answer(ledgerId);
      leftOut.delete(ledgerId);
    } catch (error) {
      if (!(error instanceof MIStoreError)) throw error;
      if (leftOut.get(ledgerId) !== error.message) output.say(`Ledger ${ledgerId} is left out: ${error.message}.`);
      leftOut.set(ledgerId, error.message);
    }
  }

  function invited(ledgerId: bigint): void {
    if (invitations.has(ledgerId)) return;
    invitations.add(ledgerId);
    output.say(`Ledger ${ledgerId} names this server, which has not joined it: mistore ledger join ${ledgerId}`);
  }

  async function check(ledgerId: bigint): Promise<void> {
    for await (const { batch, records, bad } of server.check(ledgerId, checked.get(ledgerId) ?? 0)) {
      checked.set(ledgerId, batch + 1);
      done.records += records;
      done.badRecords.push(...bad);
      output.say(`Ledger ${ledgerId}, batch ${batch}: ${records - bad.length} of ${records} shares are right.`);
      if (bad.length > 0) output.say(`Wrong shares in the records ${bad.join(', ')}: the hospital dealt them wrongly.`);
      if (stopping) return; // After this batch rather than after millions of records.
    }
  }

  async function answer(ledgerId: bigint): Promise<void> {
    const answers: AnswerCall[] = [];
    let fault: MIStoreError | undefined;
    for (const sealed of await server.pending(ledgerId)) {
      const contents = toHex(keccak256(sealed.queryId, sealed.sums, sealed.masks));
      const before = refused.get(contents);
      // A channel can be opened late, or be known late to a node: it is looked for again.
      if (before !== undefined && before !== 'the insurer has opened no channel to this server') continue;
      const prepared = await prepare(sealed);
      if (prepared instanceof MIStoreError) {
        fault ??= prepared;
        continue;
      }
      if (typeof prepared !== 'string') {
        refused.delete(contents);
        answers.push(prepared);
      } else if (prepared !== before) {
        refused.set(contents, prepared);
        output.say(`Query ${toHex(sealed.queryId)} is refused: ${prepared}.`);
      }
    }
    for await (const sent of server.sendAll(answers)) {
      if ('fault' in sent) fault ??= sent.fault;
      else {
        done.answered += sent.queryIds.length;
        output.say(`Answered ${sent.queryIds.length} queries of ledger ${ledgerId}, ${sent.receipt.gasUsed} gas.`);
      }
    }
    if (fault) throw fault;
  }

  /** A fault is that of one query: the node may lack its logs, and have those of the others. */
  async function prepare(sealed: EventArguments['QuerySealed']): Promise<AnswerCall | Refusal | MIStoreError> {
    try {
      return await server.prepare(sealed);
    } catch (error) {
      if (error instanceof MIStoreError) return error;
      throw error;
    }
  }
}
