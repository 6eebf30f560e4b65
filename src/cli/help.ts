// What --help adds to commander's: commands by role, which options are required, an example or two for every command,
// and the environment. Examples are checked against the commands by a test.
import { type Command, Help, type Option } from 'commander';

/** Groups of commands on the first page, in the order in which the story needs them. */
const GROUPS: Record<string, string> = {
  demo: 'A first look:',
  node: 'Chain and keys:',
  deploy: 'Chain and keys:',
  keygen: 'Chain and keys:',
  account: 'Chain and keys:',
  fund: 'Chain and keys:',
  ledger: 'Hospital:',
  profiles: 'Hospital:',
  ingest: 'Hospital:',
  receipts: 'Hospital:',
  handover: 'Hospital:',
  register: 'Server:',
  server: 'Server:',
  verify: 'Patient:',
  consent: 'Patient:',
  query: 'Insurer:',
  sum: 'Insurer:',
  archive: 'Anyone:',
  audit: 'Anyone:',
};

export const EXAMPLES: Record<string, readonly string[]> = {
  demo: [
    'mistore demo',
    'mistore demo --csv encounters.csv --preset synthea-encounters --threshold 2 --servers 3 --json',
  ],
  node: ['mistore node', 'mistore node --port 9000 --state chain.json --block-time 12'],
  deploy: ['mistore deploy --keystore operator.json'],
  keygen: [
    'mistore keygen --role hospital --out hospital.json',
    'mistore keygen --role server --out server1.json --password-file server1.password',
  ],
  account: ['mistore account --keystore server1.json', 'mistore account --keystore hospital.json --json'],
  fund: ['mistore fund 0xAB12… --ether 5'],
  register: ['mistore register --keystore server1.json'],
  'ledger open': [
    'mistore ledger open --server 0xAB12… --server 0xCD34… --server 0xEF56… --threshold 2 --preset synthea-encounters',
    'mistore ledger open --server 0xAB12… --server 0xCD34… --threshold 2 --patient PATIENT --amount COST --currency EUR',
  ],
  'ledger join': ['mistore ledger join 1 --keystore server1.json'],
  'ledger show': ['mistore ledger show 1'],
  profiles: ['mistore profiles', 'mistore profiles synthea-encounters > mine.json'],
  ingest: [
    'mistore ingest encounters.csv --ledger 1 --preset synthea-encounters --dry-run',
    'mistore ingest encounters.csv --ledger 1 --profile mine.json --confirmations finalized --max-fee 30',
    'zcat bills.csv.gz | mistore ingest - --source bills --ledger 1 --patient PATIENT --amount COST --id BILL',
  ],
  receipts: [
    'mistore receipts --ledger 1 --of PATIENT --out receipts.json',
    'mistore receipts --ledger 1 --of PATIENT --out receipts.json --csv encounters.csv --preset synthea-encounters',
  ],
  handover: ['mistore handover --patient PATIENT --out patient.json --patient-password-file patient.password'],
  'server run': ['mistore server run --keystore server1.json', 'mistore server run --ledger 1 --once --json'],
  verify: ['mistore verify receipts.json'],
  'consent sign': [
    'mistore consent sign --keystore patient.json --receipts receipts.json --insurer 0xAB12… --out consent.json',
    'mistore consent sign --keystore patient.json --ledger 1 --record 3 7 9 --insurer 0xAB12… --days 7 --out consent.json',
  ],
  'consent revoke': [
    'mistore consent revoke consent.json --keystore patient.json',
    'mistore consent revoke consent.json --keystore patient.json --payer friend.json',
  ],
  query: ['mistore query consent.json --keystore insurer.json'],
  sum: ['mistore sum 0x12ab… --keystore insurer.json'],
  'archive export': ['mistore archive export --ledger 1 --out ledger1.archive'],
  'archive verify': ['mistore archive verify ledger1.archive'],
  audit: ['mistore audit 1', 'mistore audit 1 --archive ledger1.archive --json'],
};

const ENVIRONMENT = `
Options from the environment: MISTORE_RPC, MISTORE_CONTRACT, MISTORE_KEYSTORE,
MISTORE_PASSWORD_FILE, MISTORE_ARCHIVE. The password itself: MISTORE_PASSWORD.

Exit status: 0 done; 1 an error, a wrong option or a failed check, in words;
130 Ctrl-C. With --json the last line of standard output is one JSON object, on
errors too. "mistore COMMAND --help" has examples; docs/operations.md tells how
to run all this in production.`;

/** For the program, before commands are added, which inherit it. */
export const HELP: Partial<Help> = {
  optionDescription(option: Option): string {
    const text = new Help().optionDescription(option);
    return option.mandatory && option.defaultValue === undefined ? `required: ${text}` : text;
  },
};

/** For the program, when all commands are there. */
export function teach(program: Command): void {
  const order = Object.keys(GROUPS);
  // Groups appear in the order of the commands; commander's list may be sorted in place.
  const place = (command: Command) => order.indexOf(command.name());
  (program.commands as Command[]).sort((a, b) => place(a) - place(b));
  for (const command of program.commands) command.helpGroup(GROUPS[command.name()] ?? 'Anyone:');
  program.addHelpText('after', ENVIRONMENT);
  for (const [name, command] of leaves(program)) {
    command.addHelpText('after', `\n${['Examples:', ...EXAMPLES[name]!].join('\n  ')}`);
  }
}

/** Commands that do something, by their whole name without the program's. */
export function leaves(parent: Command, path = ''): [string, Command][] {
  return parent.commands.flatMap((command): [string, Command][] => {
    const name = `${path}${command.name()}`;
    return command.commands.length > 0 ? leaves(command, `${name} `) : [[name, command]];
  });
}
