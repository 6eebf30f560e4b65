// mistore completion: a script for the shell that completes commands, options and names of the network file.
import { Argument } from 'commander';
import { defineCommand } from '../../command.ts';
import { SCRIPTS, SHELLS, type Shell } from '../../completion/scripts.ts';
import type { Output } from '../../output.ts';

export const completion = defineCommand({
  examples: ['mistore completion bash', 'mistore completion fish > mistore.fish'],
  configure: (command) => command.addArgument(new Argument('<shell>', 'whose script').choices(SHELLS)),
  run: printScript,
});

async function printScript(output: Output, _: object, shell: Shell): Promise<object> {
  if (!output.json) for (const line of SCRIPTS[shell].split('\n')) output.print(line);
  return { shell, script: SCRIPTS[shell] };
}
