// mistore sum open: an insurer opens the sum from the servers' answers, and writes a proof of it.
import type { Hex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, forceOption, queryIdText, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { writePrivate } from '../../private-file.ts';
import { openRole } from '../../sites.ts';

interface OpenFlags extends RoleFlags {
  out?: string;
  force?: boolean;
}

export const sumOpen = defineCommand({
  examples: [
    'mistore sum open 0x12ab… --keystore insurer.json',
    'mistore sum open 0x12ab… --keystore insurer.json --out sum.json',
  ],
  configure: (command) =>
    roleOptions(
      command
        .argument('<query>', 'the query id', queryIdText)
        .option('--out <file>', 'the proof to write: as private as the sum')
        .addOption(forceOption()),
    ).addOption(archiveOption()),
  run: openSum,
});

async function openSum(output: Output, { out, force, ...options }: OpenFlags, queryId: Hex): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const { formatLanes } = await import('../../../records/terms.ts');
  const { formatSumProof } = await import('../../../parties/sum-proof.ts');
  const { site, seed } = await openRole(options);
  const open = () => new Insurer(site, seed).sum(queryId);
  const found =
    out === undefined
      ? await open()
      : await writePrivate({ out, ...(force !== undefined && { force }) }, open, ({ proof }) => formatSumProof(proof));
  const { amounts, currency, records, seats, ledgerId, proof } = found;
  const sums = formatLanes(found, amounts);
  output.table(['lane', `sum, ${currency}`], Object.entries(sums));
  output.print(
    `Over ${counted(records, 'record')} of ledger ${ledgerId}, from the ${seats.length === 1 ? 'answer of seat' : 'answers of the seats'} ${seats.join(', ')}.`,
  );
  if (out !== undefined) output.note(`Wrote ${out}: whoever has it can check it with "mistore sum verify ${out}".`);
  const opening = { sum: proof.sum, blinding: proof.blinding };
  return { query: queryId, ledger: ledgerId, records, currency, sums, seats, opening, file: out ?? null };
}
