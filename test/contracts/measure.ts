// Gas of named operations: whole transactions as a node of today counts them, calldata and the floor of EIP-7623
// included. Every byte is derived, so the figures repeat exactly.
import type { ContractTransactionReceipt } from 'ethers';
import { startNode } from '../../src/chain/embedded-node.ts';
import { Stage } from './stage.ts';

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
      await measureLedger(new Stage(node.url, threshold, seats), note);
    } finally {
      await node.stop();
    }
  }
  return table;
}

async function measureLedger(
  stage: Stage,
  note: (name: string, receipt: ContractTransactionReceipt, per?: number) => void,
): Promise<void> {
  const { threshold, seats } = stage;
  const at = `(${threshold},${seats})`;
  const full = capacity(threshold, seats);
  await stage.deploy();
  if (threshold === 3) note('deploy', stage.deployment);
  for (let seat = 1; seat <= seats; seat++) {
    const registered = await stage.register(stage.server(seat));
    const opened = await stage.openChannel(stage.hospital, stage.server(seat));
    if (threshold === 3 && seat === 1) {
      note('register', registered);
      note('openChannel', opened);
    }
  }
  note(`openLedger ${at}`, await stage.openLedger());
  for (let seat = 1; seat <= seats; seat++) {
    const joined = await stage.join(seat);
    if (threshold === 3 && seat === 1) note('join', joined);
    if (threshold === 3 && seat === seats) note('join, the last', joined);
  }
  note(`appendBatch ${at}, full: a record`, await stage.append(full), full);
  const [one, [opened]] = await stage.query([[0, [7]]]);
  note(`query ${at}, one record`, opened!);
  note(`answer ${at}, last seat`, await stage.answer(seats, one));
  if (threshold !== 3) return;

  note(`appendBatch ${at}, one record`, await stage.append(1));
  note(`answer ${at}, first seat`, await stage.answer(1, one));
  const [, [tenth]] = await stage.query([[0, every(10, 45)]]);
  note(`query ${at}, every tenth record of a batch: a record`, tenth!, 45);
  const [, [run]] = await stage.query([[0, every(1, 100)]]);
  note(`query ${at}, 100 records in a row: a record`, run!, 100);
  const [, [whole]] = await stage.query([[0, every(1, full)]]);
  note(`query ${at}, all records of a full batch: a record`, whole!, full);
  const [, [first, second]] = await stage.query([[0, every(10, 20)]], [[0, every(10, 20, 200)]]);
  note(`query ${at}, 20 of 40 records`, first!);
  note(`continueQuery ${at}, the other 20`, second!);
  const ten = [];
  for (let i = 0; i < 10; i++) ten.push((await stage.query([[0, [i]]]))[0]);
  note(`answer ${at}, ten queries at once: an answer`, await stage.answer(2, ...ten), 10);
  note('revokeConsent', await stage.revoke());
}
