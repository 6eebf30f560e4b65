#!/usr/bin/env node
// The program `mistore`: runs the command that its arguments name. A usage error ends it as any error does: in words,
// with --json also as an object, with status 1.
import { CommanderError } from 'commander';
import { faultOfGivenText } from './input/given-text.ts';
import { createProgram } from './program.ts';

// Whoever reads the output may stop early (`| head`): the command's work goes on, and its status tells how it ended.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// A variable that is set to nothing is not set.
for (const [name, value] of Object.entries(process.env)) {
  if (name.startsWith('MISTORE_') && value === '') delete process.env[name];
}

try {
  const program = createProgram();
  const fault = faultOfGivenText(process.argv.slice(2), process.env);
  if (fault !== undefined) program.error(`error: ${fault}`);
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
  // Help has been shown, or commander has said what is wrong, on standard error.
  if (error.exitCode !== 0 && process.argv.includes('--json')) {
    const message = error.message.replace(/^error: /, '').replace(/\s+/g, ' ');
    const { Output } = await import('./output.ts');
    new Output(true).end({ error: { code: 'USAGE', message, details: {} } });
  }
}
