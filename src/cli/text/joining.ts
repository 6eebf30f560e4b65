// Waiting until all servers of a ledger have joined, as commands of its hospital do it: who is missing is said at once, whenever
// that changes, and after growing pauses.
import { addressText } from '../../address.ts';
import { toHex } from '../../bytes.ts';
import { counted } from '../../counted.ts';
import { MIStoreError } from '../../errors.ts';
import type { Site } from '../../ledger/site.ts';
import type { JoinsSoFar } from '../../parties/waiting/servers.ts';
import type { Output } from '../output.ts';
import type { Names } from './names.ts';
import { durationInWords } from './times.ts';
import { Repetition } from './waits.ts';

/**
 * Returns when the ledger takes batches. Throws LEDGER_NOT_ACTIVE, with who is missing, after so many seconds. `name`: the ledger's,
 * where it is newer than what the output knows.
 */
export async function waitUntilJoined(
  output: Output,
  site: Site,
  ledger: Uint8Array,
  seconds: number,
  name = output.names.nameOfLedger(ledger) ?? toHex(ledger),
): Promise<void> {
  const { waitForServers } = await import('../../parties/waiting/servers.ts');
  const { names } = output;
  const whose = { ledger: name, hospital: site.contract.account };
  const repetition = new Repetition();
  const onMissing = (so: JoinsSoFar) => {
    if (so.seconds >= seconds || !repetition.isDue(so.missing.map(toHex).join(' '))) return;
    output.note(`${missingInWords(so, names)} ${adviceInWords(so, whose, names)}`);
    const soFar = so.seconds < 1 ? 'Waiting' : `Waiting, for ${durationInWords(so.seconds)} so far`;
    output.note(`${soFar}, ${durationInWords(seconds)} at most; Ctrl-C ends the waiting, and changes nothing.`);
  };
  const so = await waitForServers(site, ledger, { seconds, onMissing });
  if (so.missing.length === 0) return output.note('All its servers have joined: it takes batches.');
  const message = `${missingInWords(so, names)} Waited for ${durationInWords(seconds)}. ${adviceInWords(so, whose, names)} Then give the same command again, or a longer time (--wait SECONDS)`;
  throw new MIStoreError('LEDGER_NOT_ACTIVE', message, {
    ledger: toHex(ledger),
    joined: so.seats - so.missing.length,
    seats: so.seats,
    missing: so.missing.map(addressText),
  });
}

/** "1 of 3 servers has joined epoch 1; alpha (0x…) and 0x… are missing." */
export function missingInWords({ epoch, seats, missing }: Omit<JoinsSoFar, 'seconds'>, names: Names): string {
  const joined = seats - missing.length;
  const have = `${joined} of ${counted(seats, 'server')} ${joined === 1 ? 'has' : 'have'}`;
  return `${have} joined epoch ${epoch}; ${names.accounts(missing)} ${missing.length === 1 ? 'is' : 'are'} missing.`;
}

function adviceInWords(
  { missing }: JoinsSoFar,
  { ledger, hospital }: { ledger: string; hospital: Uint8Array },
  names: Names,
): string {
  const who = names.nameOf(hospital) ?? addressText(hospital);
  const those = missing.length === 1 ? 'Whoever runs it' : 'Those who run them';
  return `${those} can let it join by itself (mistore server run --accept ${who}), or by hand (mistore ledger join ${ledger}).`;
}
