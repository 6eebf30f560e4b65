// What --help adds to commander's: which options are required, the environment, the exit status. Groups are in
// commands/list.ts, examples in each command's own file.
import { Help, type Option } from 'commander';

export const ENVIRONMENT = `
Options from the environment: MISTORE_RPC, MISTORE_WITNESSES, MISTORE_CONTRACT,
MISTORE_NETWORK, MISTORE_KEYSTORE, MISTORE_PASSWORD_FILE, MISTORE_ARCHIVE. The
password itself: MISTORE_PASSWORD, or MISTORE_PASSWORD_COMMAND, which prints it.
Accounts and ledgers can be given by their names in the network file.

Exit status: 0 done; 1 an error, a wrong option or a failed check, in words;
130 Ctrl-C. Results go to standard output, progress and notes to standard error.
With --json standard output has one JSON object, on errors too. "mistore COMMAND
--help" has examples, and docs/guides/ a guide for each role.`;

/** For the program, before commands are added, which inherit it. */
export const HELP: Partial<Help> = {
  optionDescription(option: Option): string {
    const text = new Help().optionDescription(option);
    return option.mandatory && option.defaultValue === undefined ? `required: ${text}` : text;
  },
};
