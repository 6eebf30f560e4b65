// The operator starts a chain and deploys the contract; everybody makes a keystore and a name; the hospital opens a ledger, and
// its servers run and join it.
import { freePort } from '../../support/cli.ts';
import type { Person, Stage } from '../stage.ts';

export interface People {
  operator: Person;
  clinic: Person;
  /** By seat − 1. */
  servers: Person[];
  acme: Person;
}

const SERVERS = ['alpha', 'beta', 'gamma'];

export async function startChain(stage: Stage): Promise<Person> {
  const operator = await stage.person('operator');
  const port = await freePort();
  await operator.starts(`node --port ${port} --state chain.json`, /Ctrl-C stops it/);
  await operator.does(
    'keygen --role operator --out operator.json --name operator --network ../mistore.json',
    'calls it operator from now on',
  );
  await operator.does(`fund operator --rpc http://127.0.0.1:${port}`, /operator \(0x\w{40}\) now has 1000 ether/);
  await operator.does(
    `deploy --keystore operator.json --out ../mistore.json --rpc http://127.0.0.1:${port}`,
    /Contract 0x\w{40} on chain 31337/,
    /gas/,
    /ether/,
  );
  await operator.does('account --keystore operator.json', 'operator', /ether/);
  await operator.isRefused(
    'deploy --keystore operator.json --out ../mistore.json',
    /names the contract 0x\w{40} already/,
  );
  return operator;
}

export async function meet(stage: Stage, operator: Person): Promise<People> {
  const join = async (name: string, role: string): Promise<Person> => {
    const person = await stage.person(name);
    await person.does(`keygen --role ${role} --out ${role}.json --name ${name}`, `calls it ${name} from now on`);
    await operator.does(`fund ${name}`, `${name} (`);
    return person;
  };
  const [clinic, acme, ...servers] = await Promise.all([
    join('clinic', 'hospital'),
    join('acme', 'insurer'),
    ...SERVERS.map((name) => join(name, 'server')),
  ]);
  return { operator, clinic: clinic!, servers, acme: acme! };
}

export async function openLedger(stage: Stage, { operator, clinic, servers, acme }: People): Promise<void> {
  const terms = '--threshold 2 --preset synthea-encounters --name bills';
  const open = `ledger open --keystore hospital.json ${SERVERS.map((name) => `--server ${name}`).join(' ')} ${terms}`;
  await clinic.isRefused(open, /has not registered|no key/i);
  await Promise.all(servers.map((server) => server.does('register --keystore server.json')));
  await clinic.isRefused(open.replace('beta', 'betta'), /betta.*beta/s);
  await clinic.does(open, 'Opened ledger');
  await servers[0]!.does('status --keystore server.json', 'waits for you to join epoch 1', 'mistore ledger join bills');
  await acme.isRefused('server run --once --keystore insurer.json --accept clinic', /insurer/);
  await Promise.all(
    servers.map((server) => {
      const state = server.name === 'gamma' ? ' --state cache' : '';
      return server.starts(`server run --keystore server.json --accept clinic --log text${state}`, /Joined/);
    }),
  );
  const { joined } = await clinic.asks('ledger show bills');
  stage.checks.equal('all servers have joined the ledger', joined, SERVERS.length);
  await clinic.does('ledger list', 'bills');
  await clinic.does(
    'status --keystore hospital.json',
    'bills (',
    'has no record yet: mistore ingest FILE --ledger bills',
  );
  await servers[0]!.does('status --keystore server.json', 'bills (', 'active', 'Nothing is open for you');
  await operator.does('status --keystore operator.json', 'The contract is 0x');
}
