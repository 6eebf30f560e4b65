// Gas of named operations: whole transactions as a node of today counts them, calldata and the floor of EIP-7623
// included. Every byte is derived, so the figures repeat exactly.
import type { ContractTransactionReceipt } from 'ethers';
import { startNode } from '../../src/chain/embedded-node.ts';
import { MeasuredLedger } from './measured-ledger.ts';

/** Records of a full batch: 128 KiB less 512 bytes for the envelope, records of 28 + 32(2n − t + 1) bytes. */
const capacity = (threshold: number, seats: number) =>
  Math.floor((128 * 1024 - 512) / (28 + 32 * (2 * seats - threshold + 1)));
const every = (step: number, count: number, from = 0) => Array.from({ length: count }, (_, k) => from + step * k);

export type GasTable = Record<string, number>;

/** Operation → gas. */
export async function measureGas(): Promise<GasTable> {
  const table: GasTable = {};
  const note = (name: string, receipt: ContractTransactionReceipt, per = 1) => {
    table[name] = Math.ceil(Number(receipt.gasUsed) / per);
  };
  for (const [threshold, seats] of [
    [3, 5],
    [2, 3],
    [4, 7],
    [1, 1],
  ] as const) {
    const node = await startNode();
    try {
      await measureLedger(new MeasuredLedger(node.url, threshold, seats), note);
    } finally {
      await node.stop();
    }
  }
  return table;
}

async function measureLedger(
  ledger: MeasuredLedger,
  note: (name: string, receipt: ContractTransactionReceipt, per?: number) => void,
): Promise<void> {
  const { threshold, seats } = ledger;
  const at = `(${threshold},${seats})`;
  const full = capacity(threshold, seats);
  await ledger.deploy();
  if (threshold === 3) note('deploy', ledger.deployment);
  for (let seat = 1; seat <= seats; seat++) {
    const registered = await ledger.register(ledger.server(seat));
    const opened = await ledger.openChannel(ledger.hospital, ledger.server(seat));
    if (threshold === 3 && seat === 1) {
      note('register', registered);
      note('openChannel', opened);
    }
  }
  note(`openLedger ${at}`, await ledger.openLedger());
  for (let seat = 1; seat <= seats; seat++) {
    const joined = await ledger.join(seat);
    if (threshold === 3 && seat === 1) note('join', joined);
    if (threshold === 3 && seat === seats) note('join, the last', joined);
  }
  note(`appendBatch ${at}, full: a record`, await ledger.append(full), full);
  const [one, [opened]] = await ledger.query([[0, [7]]]);
  note(`query ${at}, one record`, opened!);
  note(`answer ${at}, last seat`, await ledger.answer(seats, one));
  if (threshold !== 3) return;

  note(`appendBatch ${at}, one record`, await ledger.append(1));
  note(`answer ${at}, first seat`, await ledger.answer(1, one));
  const [, [tenth]] = await ledger.query([[0, every(10, 45)]]);
  note(`query ${at}, every tenth record of a batch: a record`, tenth!, 45);
  const [, [run]] = await ledger.query([[0, every(1, 100)]]);
  note(`query ${at}, 100 records in a row: a record`, run!, 100);
  const [, [whole]] = await ledger.query([[0, every(1, full)]]);
  note(`query ${at}, all records of a full batch: a record`, whole!, full);
  const [, [first, second]] = await ledger.query([[0, every(10, 20)]], [[0, every(10, 20, 200)]]);
  note(`query ${at}, 20 of 40 records`, first!);
  note(`continueQuery ${at}, the other 20`, second!);
  const ten = [];
  for (let i = 0; i < 10; i++) ten.push((await ledger.query([[0, [i]]]))[0]);
  note(`answer ${at}, ten queries at once: an answer`, await ledger.answer(2, ...ten), 10);
  note('revokeConsent', await ledger.revoke());
}
