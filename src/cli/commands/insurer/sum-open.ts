// mistore sum open: an insurer opens the sum from the servers' answers, waits for them if told to, and writes a proof of it.
import { Option } from 'commander';
import { fromHex, type Hex, toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import type { Site } from '../../../ledger/site.ts';
import type { AnsweringSeat, AnswersSoFar } from '../../../parties/answers.ts';
import { defineCommand } from '../../command.ts';
import { QUERY_ARGUMENT, queryIdOf, readQuery } from '../../input/query-argument.ts';
import { archiveOption, forceOption, integer, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { writePrivate } from '../../private-file.ts';
import { openRole } from '../../sites.ts';
import type { Names } from '../../text/names.ts';

/** Seconds of --wait alone. */
const WAIT = 600;

interface OpenFlags extends RoleFlags {
  out?: string;
  force?: boolean;
  wait?: number | true;
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
        .addOption(
          new Option('--wait [seconds]', `wait until enough servers have answered, ${WAIT} s if not said`).argParser(
            integer(1, 604_800),
          ),
        ),
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
    if (wait !== undefined) await waitFor(output, site, queryId, wait === true ? WAIT : wait);
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
  const { waitForAnswers } = await import('../../../parties/answers.ts');
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
  const by = answered.length === 0 ? '' : `, by ${listed(answered, names)}`;
  return `${answered.length} of ${counted(threshold, 'answer')}${by}; ${Math.round(seconds)} s.`;
}

const missingInWords = ({ answered, missing, threshold }: AnswersSoFar, names: Names): string =>
  answered.length >= threshold ? '' : ` Waiting for ${threshold - answered.length} of ${listed(missing, names)}.`;

function listed(seats: readonly AnsweringSeat[], names: Names): string {
  const servers = seats.map(({ server }) => names.account(server));
  return servers.length === 1 ? servers[0]! : `${servers.slice(0, -1).join(', ')} and ${servers.at(-1)}`;
}
