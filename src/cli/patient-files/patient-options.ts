// Options of the commands that write a file for one patient or files for all: whose, and where to.
import { type Command, Option } from 'commander';
import { MIStoreError } from '../../errors.ts';
import { collect, patientId } from '../options.ts';

export interface PatientFlags {
  patient?: string;
  all?: boolean;
  out?: string;
  outDir?: string;
  csv?: string[];
  source?: string;
  patients?: string;
}

/** `what` is written: "receipts file". */
export const patientOptions = (command: Command, what: string): Command =>
  command
    .addOption(new Option('--patient <id>', "the patient's id, as in the CSV").argParser(patientId))
    .option('--out <file>', `the ${what} to write for them`)
    .addOption(
      new Option('--all', 'for all patients of the CSVs or of --patients, in one pass over the ledger').conflicts([
        'patient',
        'out',
      ]),
    )
    .option('--out-dir <folder>', `where a ${what} for each patient and an index go; made if it is not there`)
    .option('--patients <file>', 'ids of patients, one a line, for --all')
    .option('--csv <file>', 'a CSV that was ingested; can be given again', collect)
    .option('--source <name>', "the name it was ingested under, if not the file's name");

/** Throws USAGE unless exactly one of the two is asked for, with all that it needs. */
export function checkPatientFlags({ patient, all, out, outDir, csv = [], source, patients }: PatientFlags): void {
  const usage = (message: string) => new MIStoreError('USAGE', message);
  if (source !== undefined && csv.length > 1) {
    throw usage('--source is the name of one CSV: give each CSV with another name in a run of its own');
  }
  if (!all) {
    if (patient === undefined || out === undefined) {
      throw usage('say whose: --patient ID with --out FILE, or --all with --out-dir FOLDER');
    }
    if (outDir !== undefined || patients !== undefined) throw usage('--out-dir and --patients go with --all');
    return;
  }
  if (outDir === undefined) throw usage('--all needs --out-dir FOLDER, where the files go');
  if (csv.length === 0 && patients === undefined) {
    throw usage('--all needs the ids of the patients: from --csv FILE, or from --patients FILE (one a line)');
  }
}
