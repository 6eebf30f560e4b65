// Who holds which seat: 1 to 3 are servers as they should be, 4 has an endpoint that stalls, 5 lies, 6 complains about everything,
// 7 loses its seat half way to the eighth server. All but 5 and 6 are killed now and then.
import { fileURLToPath } from 'node:url';
import { addressText } from '../../src/address.ts';
import { programServer } from './stage/program-server.ts';
import { ServerProcess } from './stage/server-process.ts';
import { MINIMUM_FEE, type Stage } from './stage/stage.ts';

const [STALLED, LIAR] = [4, 5];
export const COMPLAINER = 6;
/** Beside this program's bundle, which is build/cluster/main.js. */
const DISHONEST = fileURLToPath(new URL('dishonest.js', import.meta.url));
const FEE = `0.${MINIMUM_FEE.toString().padStart(18, '0')}`;

export interface ClusterCast {
  /** By seat − 1; the last is the eighth server. */
  all: ServerProcess[];
  /** The program itself. */
  honest: ServerProcess[];
  liar: ServerProcess;
  complainer: ServerProcess;
}

/** The servers, not started. `stalling`: an endpoint. */
export function castOf(stage: Stage, folder: string, stalling: string): ClusterCast {
  const hospital = addressText(stage.hospital.address);
  const all = stage.serverSeeds.map((_, s) => {
    const [seat, name] = [s + 1, `server${s + 1}`];
    const env = stage.environment(seat === STALLED ? stalling : undefined);
    if (seat === LIAR || seat === COMPLAINER) {
      const kind = seat === LIAR ? 'liar' : 'complainer';
      return new ServerProcess({ name, command: [DISHONEST, kind, `${name}.json`, hospital], env, folder });
    }
    const own = ['--state', `${name}-state`, '--min-fee', FEE, '--interval', '0.5', '--patience', '2'];
    return programServer(stage, { name, folder, env, more: own });
  });
  const [liar, complainer] = [all[LIAR - 1]!, all[COMPLAINER - 1]!];
  return { all, liar, complainer, honest: all.filter((one) => one !== liar && one !== complainer) };
}
