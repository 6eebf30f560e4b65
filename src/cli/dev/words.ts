// What `mistore dev` says when its network is ready: what there is, and what a person could type next.
import { join } from 'node:path';
import { addressText } from '../../address.ts';
import { toHex } from '../../bytes.ts';
import { counted } from '../../counted.ts';
import { allOf, PASSWORD_FILE } from '../../dev/accounts.ts';
import { LEDGER_NAME, SAMPLE } from '../../dev/files.ts';
import type { DevNetwork } from '../../dev/network.ts';
import { readNetwork } from '../../network/change.ts';
import { NETWORK_FILE } from '../../network/network-file.ts';
import type { Naming } from '../daemon/words.ts';
import type { Output } from '../output.ts';

export function describe(output: Output, folder: string, network: DevNetwork): void {
  const { accounts, contract, plan, url, isResumed } = network;
  const hasSample = plan.preset === SAMPLE.preset;
  const begun = isResumed ? 'The development network goes on' : 'A development network';
  output.print(`${begun} in ${folder}: chain ${contract.chainId} at ${url}, kept in its chain.json.`);
  output.table(
    ['name', 'role', 'keystore'],
    allOf(accounts).map(({ name, role }) => [name, role, `${name}.json`]),
  );
  const all = counted(plan.servers, 'server');
  output.print(
    `Ledger ${LEDGER_NAME}: any ${plan.threshold} of its ${all} can compute a sum. All have joined, and answer.`,
  );
  if (plan.threshold === 1) output.print('Warning: with threshold 1 every server alone can read every amount.');
  output.print(
    `All keystores have the password in the file ${PASSWORD_FILE}. It protects nothing: put no real records here.`,
  );
  if (hasSample)
    output.print(
      `${SAMPLE.file} has ${counted(SAMPLE.rows, 'made-up bill')} of ${counted(SAMPLE.patients, 'patient')}.`,
    );
  output.print('');
  output.print('To begin, in another terminal:');
  for (const line of nextSteps(folder, plan.preset, hasSample)) output.print(`  ${line}`);
  output.print('Ctrl-C stops the network.');
}

function nextSteps(folder: string, preset: string, hasSample: boolean): string[] {
  return [
    ...(folder === '.' ? [] : [`cd ${quoted(folder)}`]),
    `export MISTORE_PASSWORD_FILE=${PASSWORD_FILE}`,
    `mistore ingest ${hasSample ? SAMPLE.file : 'YOUR-FILE'} --keystore hospital.json --ledger ${LEDGER_NAME} --preset ${preset}`,
    `mistore receipts --keystore hospital.json --ledger ${LEDGER_NAME} --patient ${hasSample ? 'P-001' : 'PATIENT'} --out receipts.json`,
  ];
}

/** For a shell. */
const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

/** Accounts and ledgers by their names in the folder's network file. */
export async function naming(folder: string): Promise<Naming> {
  const { names, ledgers } = await readNetwork(join(folder, NETWORK_FILE));
  const known = new Map([...names, ...ledgers].map(([name, bytes]) => [toHex(bytes), name]));
  return (id) => known.get(id) ?? id;
}

/** For programs. */
export const summary = (folder: string, { accounts, contract, ledgerId, plan, url, isResumed }: DevNetwork) => ({
  folder,
  url,
  chainId: contract.chainId,
  contract: addressText(contract.contract),
  ledger: toHex(ledgerId),
  ...plan,
  accounts: Object.fromEntries(allOf(accounts).map(({ name, address }) => [name, addressText(address)])),
  passwordFile: PASSWORD_FILE,
  resumed: isResumed,
  ready: true,
});
