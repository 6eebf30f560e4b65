// One development network for many documents: each is read in a copy of the network's folder, with keystores, names, password and
// made-up bills, which are stored, and the files that the hospital gives its patient P-001.
import { join } from 'node:path';
import { freePort } from '../cli.ts';
import { Shell, type ShellPlace } from './shell.ts';
import { weakenKeystores } from './weak-keystores.ts';
import type { Workplace } from './workplace.ts';

/** What belongs to the process that runs the network, and is not copied. */
const ITS_OWN = ['chain.json', 'dev.json'];
/** What the hospital has done before. */
const DONE = [
  'mistore ingest encounters.csv --keystore hospital.json --ledger bills --preset synthea-encounters',
  'mistore receipts --keystore hospital.json --ledger bills --patient P-001 --csv encounters.csv --preset synthea-encounters --out receipts.json',
  'mistore handover --keystore hospital.json --ledger bills --patient P-001 --out patient.json --patient-password-file password',
];

export class DevelopmentNetwork {
  readonly url: string;
  readonly #workplace: Workplace;
  readonly #folder: string;
  readonly #terminal: Shell;

  private constructor(workplace: Workplace, folder: string, url: string, terminal: Shell) {
    this.#workplace = workplace;
    this.#folder = folder;
    this.url = url;
    this.#terminal = terminal;
  }

  static async start(workplace: Workplace): Promise<DevelopmentNetwork> {
    const place = await workplace.place('network');
    const port = await freePort();
    const terminal = new Shell(place);
    await terminal.start(`mistore dev --dir made --servers 4 --threshold 2 --port ${port}`, ['Ctrl-C stops']);
    const folder = join(place.folder, 'made');
    const hospital = new Shell({ folder, env: { ...place.env, MISTORE_PASSWORD_FILE: 'password' } });
    for (const command of DONE) {
      const { status, output } = await hospital.run(command);
      if (status !== 0) throw new Error(`${command}: ${output}`);
    }
    await hospital.interrupt();
    await weakenKeystores(folder);
    return new DevelopmentNetwork(workplace, folder, `http://127.0.0.1:${port}`, terminal);
  }

  /** A folder for one document. */
  place(name: string): Promise<ShellPlace> {
    const isWanted = (file: string) => !ITS_OWN.some((own) => file === join(this.#folder, own));
    return this.#workplace.place(name, { folder: this.#folder, isWanted });
  }

  stop(): Promise<void> {
    return this.#terminal.interrupt();
  }
}
