// mistore sum verify: anyone checks the proof of a sum against the chain.
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions, offlineOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openSource } from '../../sites.ts';

export const sumVerify = defineCommand({
  examples: ['mistore sum verify sum.json', 'mistore sum verify sum.json --archive ledger.archive --offline'],
  configure: (command) =>
    chainOptions(command.argument('<file>', "the proof, from 'mistore sum open --out'"))
      .addOption(archiveOption())
      .addOption(offlineOption()),
  run: verifySum,
});

async function verifySum(output: Output, options: ChainFlags, file: string): Promise<object> {
  const { parseSumProof, verifySumProof } = await import('../../../parties/sum-proof.ts');
  const proof = parseSumProof(await readTextFile(file));
  const { formatLanes } = await import('../../../records/terms.ts');
  const { site, byWord, told } = await openSource(options);
  try {
    const { queryId, ledger, records, amounts } = await verifySumProof(site, proof);
    const sums = formatLanes(ledger.terms, amounts);
    output.table(['lane', { head: `sum, ${ledger.terms.currency}`, amount: true }], Object.entries(sums));
    output.print(`Right: this is the sum that query ${queryId} is about.`);
    output.print(`By the hospital's positions it covers ${counted(records, 'record')}.`);
    output.print(byWord);
    return { query: queryId, ledger: toHex(ledger.ledgerId), records, sums, valid: true, ...told };
  } catch (error) {
    if (!(error instanceof MIStoreError) || error.code !== 'INVALID_SUM_PROOF') throw error;
    output.print(`WRONG: ${error.message}.`);
    output.print(byWord);
    process.exitCode = 1;
    return { valid: false, why: error.message, ...told };
  }
}
