// Where a run of the bench took place, for its reader: no name, no path.
import { arch, cpus, platform, totalmem } from 'node:os';

export interface Machine {
  processor: string;
  cores: number;
  memoryGB: number;
  system: string;
  node: string;
  v8: string;
  date: string;
}

export function machine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Below this part of the time on a processor, other programs decide what long calls take. */
const ENOUGH = 0.85;

/** What to say at the end of a run that took `wallMs`, if it had to share the processor; `cpuMs` of all its threads. */
export function busyNote(wallMs: number, cpuMs: number): string {
  const part = cpuMs / wallMs;
  if (part >= ENOUGH) return '';
  return `The machine was busy: this run had a processor for ${Math.round(100 * part)} % of its time. Long calls look slower than they are, and what is left
beside products and inversions is mostly waiting. Trust ratios between calls of like length only.`;
}
