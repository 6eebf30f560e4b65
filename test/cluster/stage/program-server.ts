// A server that is the program of dist/, joining the ledgers of the stage's hospital.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addressText } from '../../../src/address.ts';
import { ServerProcess } from './server-process.ts';
import type { Stage } from './stage.ts';

/** The working folder is that of the project, as npm sets it. */
const PROGRAM = join(process.cwd(), 'dist/cli.js');

/** `name`: that of its keystore in `folder`. `more`: further options. */
export function programServer(
  { hospital }: Stage,
  { name, folder, env, more }: { name: string; folder: string; env: Record<string, string>; more: readonly string[] },
): ServerProcess {
  if (!existsSync(PROGRAM)) throw new Error(`there is no ${PROGRAM}: npm run build`);
  const role = ['--keystore', `${name}.json`, '--accept', addressText(hospital.address)];
  const command = [PROGRAM, 'server', 'run', ...role, ...more, '--log', 'json', '--json'];
  return new ServerProcess({ name, command, env, folder });
}
