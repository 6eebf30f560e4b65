// mistore consent show: what a consent file is about, and whether it has been used.
import { fromHex, toHex } from '../../../bytes.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { countCovered } from '../../../query/runs.ts';
import { defineCommand } from '../../command.ts';
import { type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

export const consentShow = defineCommand({
  examples: ['mistore consent show consent.json'],
  configure: (command) => chainOptions(command.argument('<consent>', 'the consent file')),
  run: showConsent,
});

async function showConsent(output: Output, options: ChainFlags, file: string): Promise<object> {
  const { consentDigest, isSignedBy } = await import('../../../contract/signing.ts');
  const { isSignedByContract } = await import('../../../contract/wallet-signature.ts');
  const { deploymentOf } = await import('../../../ledger/site.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const { consent, edges, signature } = parseSignedConsent(await readTextFile(file));
  const site = await openReader(options);
  const queryId = consentDigest(deploymentOf(site), consent);
  const { status } = await site.contract.queryState(queryId);
  const signed = [fromHex(consent.patient), queryId, fromHex(signature)] as const;
  const shown = {
    query: toHex(queryId),
    ledger: consent.ledgerId,
    patient: consent.patient,
    insurer: consent.insurer,
    records: countCovered(edges),
    edges: edges.length,
    deadline: new Date(Number(consent.deadline) * 1000).toISOString(),
    signed: isSignedBy(...signed) || (await isSignedByContract(site.contract.rpc, ...signed)),
    status,
  };
  output.table(
    ['consent', 'value'],
    Object.entries(shown).map(([name, value]) => [name, String(value)]),
  );
  return shown;
}
