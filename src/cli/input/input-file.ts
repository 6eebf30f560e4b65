// The file of rows that a command line names, CSV or JSON. What it is called on chain lets a later run resume, so it must be the same then: a
// file has its name, while standard input, pipes and devices (such as the shell's <(zcat bills.csv.gz)) have none.
import { stat } from 'node:fs/promises';
import { MIStoreError } from '../../errors.ts';
import { kindOfFile } from '../../files/faults.ts';

export interface InputFile {
  /** Bytes; 0 where that is not known. */
  size: number;
  /** Path to which the names of files about its rows are added: its own, or one in the current folder. */
  beside: string;
}

/** Throws NO_SOURCE for an input without a name of its own, if `source` does not give it one. */
export async function inputFile(file: string, source: string | undefined): Promise<InputFile> {
  const stats = file === '-' ? undefined : await stat(file);
  const isNamed = stats !== undefined && (stats.isFile() || stats.isDirectory()) && !/^\/(dev|proc)\//.test(file);
  const size = stats?.isFile() ? stats.size : 0;
  if (isNamed) return { size, beside: file };
  if (source !== undefined) return { size, beside: asFileName(source) };
  const what = stats === undefined || stats.isFile() ? 'standard input' : `${file} is ${kindOfFile(stats)}, which`;
  throw new MIStoreError('NO_SOURCE', `${what} has no name for a later run: give --source, which resuming needs`);
}

const asFileName = (source: string): string => source.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^[.-]+/, '_');
