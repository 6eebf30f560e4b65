// All commands, in the order in which the story needs them: groups are help's headings and the folders beside this file.
import { anyone } from './anyone/list.ts';
import { chainAndKeys } from './chain-and-keys/list.ts';
import { firstLook } from './first-look/list.ts';
import type { Entry, Group } from './group.ts';
import { hospital } from './hospital/list.ts';
import { insurer } from './insurer/list.ts';
import { patient } from './patient/list.ts';
import { server } from './server/list.ts';

export const GROUPS: readonly Group[] = [firstLook, chainAndKeys, hospital, server, patient, insurer, anyone];

/** Every command by its whole name: "ledger open". */
export const COMMANDS: ReadonlyMap<string, Entry> = new Map(
  GROUPS.flatMap(({ entries }) => entries).flatMap((entry) =>
    'members' in entry
      ? entry.members.map((member) => [`${entry.name} ${member.name}`, member] as const)
      : [[entry.name, entry] as const],
  ),
);
