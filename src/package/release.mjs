// npm run release -- --dry-run: everything that a release takes but the publishing. Checks the repository (release-checks.mjs),
// runs all of .ci/run, packs, and prints what would be published, and what stands in the way. npm run release -- --publish does
// the same and then publishes both packages with a statement of provenance, which only a CI with an identity can make; nothing
// is published if anything stands in the way. --without-tests is for a look at a dry run.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { problemsOf } from './release-checks.mjs';

const PUBLISH = ['--access', 'public', '--provenance'];

const { values: options } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    'without-tests': { type: 'boolean', default: false },
  },
});
if (options['dry-run'] === options.publish || (options.publish && options['without-tests'])) {
  console.error('Give either --dry-run (with --without-tests for a quick look) or --publish.');
  process.exit(2);
}

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' });
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const problems = problemsOf({
  manifest,
  changelog: readFileSync('CHANGELOG.md', 'utf8'),
  status: git('status', '--porcelain'),
  tags: git('tag', '--points-at', 'HEAD').split('\n'),
});

if (options['without-tests']) problems.push('the tests were not run');
else if (spawnSync('bash', ['.ci/run'], { stdio: 'inherit' }).status !== 0) problems.push('.ci/run found faults');

const packed = execFileSync('npm', ['run', '-s', 'pack'], { encoding: 'utf8' }).trim().split('\n');
const tarballs = packed.filter((line) => line.endsWith('.tgz'));
for (const tarball of tarballs) describe(tarball);

if (problems.length > 0) {
  console.log(`\nNothing can be published:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  process.exitCode = 1;
} else {
  for (const tarball of tarballs) {
    const command = ['publish', `./${tarball}`, ...PUBLISH];
    if (options.publish) execFileSync('npm', command, { stdio: 'inherit' });
    else console.log(`would run: npm ${command.join(' ')}`);
  }
}

/** Prints what a tarball holds. */
function describe(tarball) {
  const bytes = readFileSync(tarball);
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  const { name, version, dependencies } = JSON.parse(
    execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }),
  );
  console.log(`\n${name} ${version}: ${tarball}`);
  console.log(`  ${files.length} files, ${(bytes.length / 1e6).toFixed(2)} MB packed`);
  console.log(`  sha512-${createHash('sha512').update(bytes).digest('base64')}`);
  console.log(
    `  dependencies: ${Object.entries(dependencies)
      .map((entry) => entry.join(' '))
      .join(', ')}`,
  );
}
