// mistore query list: an account's queries and their state.
import { toHex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { address, type ChainFlags, chainOptions, ledgerId } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

interface ListFlags extends ChainFlags {
  insurer?: Uint8Array;
  ledger?: Uint8Array;
}

export const queryList = defineCommand({
  name: 'list',
  description: 'list the queries of an insurer or of a ledger, and who has answered them',
  examples: ['mistore query list --insurer 0xAB12…', 'mistore query list --ledger 0x12ab…'],
  configure: (command) =>
    chainOptions(
      command
        .option('--insurer <address>', 'of this insurer', address)
        .option('--ledger <id>', 'over records of this ledger', ledgerId),
    ),
  run: list,
});

async function list(output: Output, { insurer, ledger, ...options }: ListFlags): Promise<object> {
  const site = await openReader(options);
  const where = { ...(insurer && { insurer }), ...(ledger && { ledgerId: ledger }) };
  const queries: { query: string; ledger: string; status: string; answers: number }[] = [];
  for await (const opened of site.events.read('QueryOpened', where)) {
    const { status, answeredSeats } = await site.contract.queryState(opened.queryId);
    const [query, of] = [toHex(opened.queryId), toHex(opened.ledgerId)];
    queries.push({ query, ledger: of, status, answers: answeredSeats.length });
  }
  output.table(
    ['query', 'ledger', 'status', 'answers'],
    queries.map(({ query, ledger: of, status, answers }) => [query, of, status, answers]),
  );
  return { queries };
}
