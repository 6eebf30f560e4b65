// mistore verify: a receipts file against the chain, by anyone who has the file.
import { readTextFile } from '../../../files/text-file.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

export const verify = defineCommand({
  name: 'verify',
  description: 'check a receipts file against the chain; needs no key',
  examples: ['mistore verify receipts.json'],
  configure: (command) => chainOptions(command.argument('<file>', 'the receipts file')).addOption(archiveOption()),
  run: verifyReceipts,
});

async function verifyReceipts(output: Output, options: ChainFlags, file: string): Promise<object> {
  const { checkReceipts } = await import('../../../parties/patient.ts');
  const { parseReceipts } = await import('../../../records/receipt.ts');
  const receipts = parseReceipts(await readTextFile(file));
  const verdicts = await checkReceipts(await openReader(options), receipts);
  const invalid = verdicts.filter(({ fault }) => fault !== null);
  output.print(`${verdicts.length - invalid.length} of ${verdicts.length} receipts are valid.`);
  if (invalid.length > 0) {
    output.table(
      ['record', 'fault'],
      invalid.map(({ recordId, fault }) => [recordId, fault!]),
    );
    process.exitCode = 1;
  }
  return { checked: verdicts.length, valid: verdicts.length - invalid.length, invalid };
}
