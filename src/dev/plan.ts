// What a development network is made of, as its folder keeps it in dev.json: chosen once, when the folder is made. A folder
// that was made otherwise is refused, and so is one that holds something else: nothing of anybody's is replaced.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../counted.ts';
import { checkInteger, EncodingError, MIStoreError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { withOutputFile } from '../files/output-file.ts';
import { readTextFile } from '../files/text-file.ts';

export interface DevPlan {
  /** Number of servers, 1 to 255. */
  servers: number;
  /** How many of them it takes to answer, 1 to `servers`. */
  threshold: number;
  /** How the ledger's rows are read: a name of PRESETS. */
  preset: string;
}

export const PLAN_FILE = 'dev.json';
const DEFAULT: DevPlan = { servers: 3, threshold: 2, preset: 'synthea-encounters' };
/** So that no key of the network gets into a repository. */
const IGNORED = { file: '.gitignore', content: '*\n' };

/**
 * The plan that the folder was made by; a new folder is made by `asked`, with 3 servers, threshold 2 and Synthea's encounters
 * where it says nothing. Throws OTHER_PLAN where `asked` is not what the folder has, NOT_A_DEV_FOLDER where it holds other
 * files, INVALID_THRESHOLD.
 */
export async function openPlan(folder: string, asked: Partial<DevPlan>): Promise<DevPlan> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = await readdir(folder);
  if (files.includes(PLAN_FILE)) return checkAsked(folder, await readPlan(join(folder, PLAN_FILE)), asked);
  if (files.length > 0) {
    const message = `${folder} holds other files and no development network: name a folder that is empty or does not exist`;
    throw new MIStoreError('NOT_A_DEV_FOLDER', message, { folder });
  }
  const plan = { ...DEFAULT, ...asked };
  checkThreshold(plan, asked);
  await withOutputFile(join(folder, IGNORED.file), {}, (file) => file.write(IGNORED.content));
  await withOutputFile(join(folder, PLAN_FILE), {}, (file) => file.write(`${JSON.stringify(plan, null, 2)}\n`));
  return plan;
}

function checkThreshold({ servers, threshold }: DevPlan, asked: Partial<DevPlan>): void {
  checkInteger('servers', servers, 1, 255);
  if (threshold >= 1 && threshold <= servers) return;
  const origin = asked.threshold === undefined ? ' (the default)' : '';
  const message = `threshold ${threshold}${origin} with ${counted(servers, 'server')}; it must be 1 ≤ threshold ≤ servers ≤ 255`;
  throw new MIStoreError('INVALID_THRESHOLD', message, { threshold, servers });
}

async function readPlan(path: string): Promise<DevPlan> {
  const { servers, threshold, preset } = (parseJson(await readTextFile(path), path) ?? {}) as Partial<DevPlan>;
  if (typeof servers !== 'number' || typeof threshold !== 'number' || typeof preset !== 'string') {
    throw new EncodingError(path, 'must have the numbers servers and threshold, and the name of a preset');
  }
  return { servers, threshold, preset };
}

function checkAsked(folder: string, plan: DevPlan, asked: Partial<DevPlan>): DevPlan {
  const names = Object.keys(asked) as (keyof DevPlan)[];
  const other = names.filter((name) => asked[name] !== plan[name]);
  if (other.length === 0) return plan;
  const differences = other.map((name) => `${name} ${plan[name]}, not ${asked[name]}`).join('; ');
  const message = `the network in ${folder} has ${differences}: a network keeps what it was made with. Name another folder for another network, or remove this one`;
  throw new MIStoreError('OTHER_PLAN', message, { folder, plan, asked });
}
