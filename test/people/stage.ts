// The people, each with a folder and a password of their own under one folder that is empty at first, and the built program, which
// they run there as processes. The network file in the folder above is what they share.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ended, Running } from '../support/process.ts';
import type { Checks } from './checks.ts';

/** The working folder is that of the project, as npm sets it. */
const PROGRAM = join(process.cwd(), 'dist/cli.js');
/** Seconds that a command may take. */
const LONGEST = 60;

export class Stage {
  readonly folder: string;
  readonly checks: Checks;
  /** All words that were typed. */
  readonly typed: string[] = [];
  readonly #going: Running[] = [];

  constructor(folder: string, checks: Checks) {
    if (!existsSync(PROGRAM)) throw new Error(`there is no ${PROGRAM}: npm run build`);
    this.folder = folder;
    this.checks = checks;
  }

  /** Somebody new. */
  async person(name: string): Promise<Person> {
    const folder = join(this.folder, name);
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, 'password'), `${randomBytes(12).toString('base64url')}\n`, { mode: 0o600 });
    return new Person(this, name, folder);
  }

  /** Starts a process. It is killed after `seconds`. */
  spawn(command: readonly string[], folder: string, seconds?: number): Running {
    const env = { PATH: process.env.PATH, HOME: this.folder, MISTORE_PASSWORD_FILE: 'password', TERM: 'dumb' };
    const timeout = seconds === undefined ? {} : { timeout: 1000 * seconds };
    const running = new Running(spawn(command[0]!, command.slice(1), { cwd: folder, env, ...timeout }));
    this.#going.push(running);
    void running.ended.then(() => this.#going.splice(this.#going.indexOf(running), 1));
    return running;
  }

  /** Ends what is still running. */
  async end(): Promise<void> {
    const left = [...this.#going];
    for (const { child } of left) child.kill('SIGTERM');
    await Promise.race([
      Promise.all(left.map(({ ended }) => ended)),
      new Promise((resolve) => setTimeout(resolve, 15_000).unref()),
    ]);
    for (const { child } of left) child.kill('SIGKILL');
  }
}

/** A command that failed where it had to work: nothing after it would mean anything. */
export class WalkEnds extends Error {}

export class Person {
  readonly name: string;
  readonly folder: string;
  readonly #stage: Stage;

  constructor(stage: Stage, name: string, folder: string) {
    this.#stage = stage;
    this.name = name;
    this.folder = folder;
  }

  /** Types a command, which must work and print all of `says`. Returns all that it printed. */
  async does(command: string, ...says: (string | RegExp)[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(command);
    const text = `${stdout}${stderr}`;
    this.#check(command, code, text, says);
    return text;
  }

  /** As does(), for programs: the object that it printed. */
  // biome-ignore lint/suspicious/noExplicitAny: what each command prints is what the checks are about
  async asks(command: string): Promise<any> {
    const { code, json, stdout, stderr } = await this.#run(`${command} --json`);
    this.#check(command, code, `${stdout}${stderr}`, []);
    return json;
  }

  /** A command that must be refused, in words that have `why`. */
  async isRefused(command: string, why: RegExp): Promise<void> {
    const { code, stdout, stderr } = await this.#run(command);
    const { checks } = this.#stage;
    checks.that(`${this.name}: "${command}" is refused`, code === 1, `status ${code}\n${stdout}${stderr}`);
    checks.that(`${this.name}: "${command}" says ${why}`, why.test(stderr) && !/\n {4}at /.test(stderr), stderr);
  }

  /** Starts a command that goes on, and waits until it prints `until`. */
  async starts(command: string, until: RegExp): Promise<Running> {
    const running = this.#stage.spawn([process.execPath, PROGRAM, ...this.#words(command)], this.folder);
    let [text, isOver] = ['', false];
    for (const stream of [running.child.stdout!, running.child.stderr!]) {
      stream.on('data', (more: string) => {
        text += more;
      });
    }
    void running.ended.then(() => {
      isOver = true;
    });
    const limit = Date.now() + 1000 * LONGEST;
    while (!until.test(text)) {
      if (isOver || Date.now() > limit)
        throw new WalkEnds(`${this.name}: "${command}" does not say ${until}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return running;
  }

  /** Types a command at a terminal, where it asks `question`, and types the answer. */
  async answers(command: string, question: RegExp, answer: string, ...says: (string | RegExp)[]): Promise<string> {
    const words = [process.execPath, PROGRAM, ...this.#words(command)].map((word) => `'${word}'`).join(' ');
    // util-linux's script makes the terminal.
    const running = this.#stage.spawn(
      ['script', '--quiet', '--return', '--command', words, '/dev/null'],
      this.folder,
      LONGEST,
    );
    let [text, isAsked] = ['', false];
    running.child.stdout!.on('data', (more: string) => {
      text += more;
      if (!isAsked && question.test(text)) {
        isAsked = true;
        running.child.stdin!.write(`${answer}\n`);
      }
    });
    const { code } = await running.ended;
    this.#stage.checks.that(`${this.name}: "${command}" asks ${question}`, isAsked, text);
    this.#check(command, code, text, says);
    return text;
  }

  read(file: string): Promise<string> {
    return readFile(join(this.folder, file), 'utf8');
  }

  /** Hands a file over: puts it into the folder of somebody else. */
  async gives(other: Person, file: string, as = file): Promise<void> {
    await writeFile(join(other.folder, as), await readFile(join(this.folder, file)), { mode: 0o600 });
  }

  #run(command: string): Promise<Ended> {
    const running = this.#stage.spawn([process.execPath, PROGRAM, ...this.#words(command)], this.folder, LONGEST);
    running.child.stdin!.end();
    return running.ended;
  }

  #words(command: string): string[] {
    const words = command.split(' ').filter((word) => word !== '');
    this.#stage.typed.push(...words);
    return words;
  }

  #check(command: string, code: number | null, text: string, says: readonly (string | RegExp)[]): void {
    const { checks } = this.#stage;
    const what = `${this.name}: "${command}"`;
    checks.that(`${what} works`, code === 0, `status ${code}\n${text}`);
    if (code !== 0) throw new WalkEnds(`${what} did not work, and what follows needs it`);
    for (const words of says) {
      const isSaid = typeof words === 'string' ? text.includes(words) : words.test(text);
      checks.that(`${what} says ${words}`, isSaid, text);
    }
  }
}
