// mistore sum open: an insurer opens the sum from the servers' answers, waits for them if told to, and writes a proof of it.
import { fromHex, type Hex, toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import type { Site } from '../../../ledger/site.ts';
import type { AnsweringSeat, AnswersSoFar } from '../../../parties/waiting/answers.ts';
import { defineCommand } from '../../command.ts';
import { QUERY_ARGUMENT, queryIdOf, readQuery } from '../../input/query-argument.ts';
import { archiveOption, forceOption, type RoleFlags, roleOptions, waitOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { writePrivate } from '../../private-file.ts';
import { openRole } from '../../sites.ts';
import type { Names } from '../../text/names.ts';

interface OpenFlags extends RoleFlags {
  out?: string;
  force?: boolean;
  wait?: number;
}

export const sumOpen = defineCommand({
  examples: [
    'mistore sum open consent.json --keystore insurer.json --wait',
    'mistore sum open 0x12ab… --keystore insurer.json --out sum.json',
  ],
  roles: ['insurer'],
  configure: (command) =>
    roleOptions(
      command
        .argument(...QUERY_ARGUMENT)
        .option('--out <file>', 'the proof to write: as private as the sum')
        .addOption(forceOption())
        .addOption(waitOption('wait until enough servers have answered')),
    ).addOption(archiveOption()),
  run: openSum,
});

async function openSum(output: Output, { out, force, wait, ...options }: OpenFlags, name: string): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const { formatLanes } = await import('../../../records/terms.ts');
  const { formatSumProof } = await import('../../../parties/sum-proof.ts');
  const given = await readQuery(name);
  const { site, seed } = await openRole(options);
  const queryId = await queryIdOf(site, given);
  const open = async () => {
    if (wait !== undefined) await waitFor(output, site, queryId, wait);
    return new Insurer(site, seed).sum(queryId);
  };
  const found =
    out === undefined
      ? await open()
      : await writePrivate({ out, ...(force !== undefined && { force }) }, open, ({ proof }) => formatSumProof(proof));
  const { amounts, currency, records, seats, ledgerId, proof } = found;
  const sums = formatLanes(found, amounts);
  output.table(['lane', { head: `sum, ${currency}`, amount: true }], Object.entries(sums));
  output.print(
    `Over ${counted(records, 'record')} of ledger ${output.names.ledger(fromHex(ledgerId))}, from the ${seats.length === 1 ? 'answer of seat' : 'answers of the seats'} ${seats.join(', ')}.`,
  );
  if (out !== undefined) output.note(`Wrote ${out}: whoever has it can check it with "mistore sum verify ${out}".`);
  const opening = { sum: proof.sum, blinding: proof.blinding };
  return { query: queryId, ledger: ledgerId, records, currency, sums, seats, opening, file: out ?? null };
}

/** Says at each change who has answered. Throws TOO_FEW_ANSWERS at the end, with what can be done. */
async function waitFor(output: Output, site: Site, query: Hex, seconds: number): Promise<void> {
  const { waitForAnswers } = await import('../../../parties/waiting/answers.ts');
  const onChange = (so: AnswersSoFar) => output.note(`${soFar(so, output.names)}${missingInWords(so, output.names)}`);
  const so = await waitForAnswers(site, fromHex(query), { seconds, onChange });
  if (so.answered.length >= so.threshold) return;
  const message = `${soFar(so, output.names)}${missingInWords(so, output.names)} Wait longer (--wait SECONDS), or ask those who run the servers: do they answer for this fee (mistore query show ${query})?`;
  const seatsOf = (seats: AnsweringSeat[]) => seats.map(({ seat, server }) => ({ seat, server: toHex(server) }));
  throw new MIStoreError('TOO_FEW_ANSWERS', message, {
    answers: so.answered.length,
    threshold: so.threshold,
    missing: seatsOf(so.missing),
  });
}

/** "2 of 3 answers, by 0x… and 0x…; 12 s." */
function soFar({ answered, threshold, seconds }: AnswersSoFar, names: Names): string {
  const by = answered.length === 0 ? '' : `, by ${names.accounts(answered.map(holderOf))}`;
  return `${answered.length} of ${counted(threshold, 'answer')}${by}; ${Math.round(seconds)} s.`;
}

const missingInWords = ({ answered, missing, threshold }: AnswersSoFar, names: Names): string =>
  answered.length >= threshold
    ? ''
    : ` Waiting for ${threshold - answered.length} of ${names.accounts(missing.map(holderOf))}.`;

const holderOf = ({ server }: AnsweringSeat): Uint8Array => server;
