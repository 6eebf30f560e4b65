// A server that overrides one honest step and does all else as the program does. Arguments: liar or complainer, its keystore, the
// hospital whose ledgers it joins. The liar's answers are all wrong, and sent without asking the node whether they would be taken.
// The complainer complains about every record, and answers.
import { fromHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { readKeystore } from '../../src/identity/keystore.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import { ServerDaemon } from '../../src/parties/server/daemon/daemon.ts';
import { type CheckedBatch, Server } from '../../src/parties/server/server.ts';
import { deviating } from '../support/adversary.ts';
import { MINIMUM_FEE } from './stage/stage.ts';

class Complainer extends Server {
  override async checkBatch(...[event, block]: Parameters<Server['checkBatch']>): Promise<CheckedBatch> {
    const checked = await super.checkBatch(event, block);
    return { ...checked, bad: Array.from({ length: event.count }, (_, k) => event.firstRecordId + k) };
  }
}

const [kind, keystore, hospital] = process.argv.slice(2) as [string, string, string];
const { MISTORE_RPC, MISTORE_CONTRACT, MISTORE_PASSWORD } = process.env as Record<string, string>;
const { seed } = await readKeystore(keystore, MISTORE_PASSWORD!);
const honest = await openSite({
  rpc: MISTORE_RPC!,
  contract: fromHex(MISTORE_CONTRACT!),
  engine: await createEngine(),
  account: accountKey(seed),
  lasting: true,
});
const lying = deviating(honest, {
  answer: (contract) => (ledgerId, answers) => {
    const lies = answers.map(({ y, ...rest }) => ({ ...rest, y: y.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) }));
    return contract.answer(ledgerId, lies, { gas: 500_000n + 200_000n * BigInt(lies.length) });
  },
});
const site = kind === 'liar' ? lying : honest;
const end = new AbortController();
process.once('SIGTERM', () => end.abort());
const daemon = new ServerDaemon(
  site,
  new (kind === 'complainer' ? Complainer : Server)(site, seed, { minimumFee: MINIMUM_FEE }),
  {
    accept: [fromHex(hospital)],
    interval: 500,
    patience: 2000,
    signal: end.signal,
    onEvent: (event) => {
      if (event.kind !== 'round')
        console.error(JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? `${value}` : value)));
    },
  },
);
await daemon.run();
site.contract.close();
