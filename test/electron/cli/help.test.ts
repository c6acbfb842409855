import { describe, expect, test } from 'vitest';
import { commands } from '../../../electron/cli/commands/table.ts';
import type { Command } from '../../../electron/cli/context.ts';
import { runCommandLine } from '../../../electron/cli/run.ts';
import { serve } from '../../../electron/serve.ts';
import { makePlace } from '../../support/cli-place.ts';
import { memoryStream } from '../../support/cli-streams.ts';

/** The parser in this process: what it says does not depend on folders or engines. */
async function say(...args: string[]) {
  const [output, errors] = [memoryStream(), memoryStream()];
  const code = await runCommandLine(args, {
    output,
    errors,
    env: {},
    workingFolder: '/',
    nowMs: 0,
    startServing: serve,
  });
  return { code, out: output.text(), errors: errors.text() };
}

type Named = { words: string[]; command: Command };
const withChildren = (command: Command, parents: string[] = []): Named[] => [
  { words: [...parents, command.name], command },
  ...(command.commands ?? []).flatMap((child) => withChildren(child, [...parents, command.name])),
];
const all = commands.flatMap((command) => withChildren(command));

describe('help', () => {
  test('of skein names every command, the exit codes and examples', async () => {
    const { code, out } = await say('--help');
    expect(code).toBe(0);
    for (const { name, summary } of commands) {
      expect(out).toContain(`  ${name} `);
      expect(out.replace(/\s+/g, ' ')).toContain(summary);
    }
    expect(out).toMatch(/Exit codes:\n {2}0 {2}done/);
    expect(out).toContain('Examples:');
  });

  test.each(all)(
    'of $words says what it is, shows examples and the global options',
    async ({ words, command }) => {
      const { code, out, errors } = await say(...words, '--help');
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(out).toContain(`Usage: skein ${words.join(' ')}`);
      expect(out).toContain('--json');
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) expect(out).toContain(`$ ${line}`);
    },
  );

  test('breaks no line where the next word would have had room', async () => {
    const { out } = await say('search', '--help');
    expect(out).toContain('\nWithout a running Skein the notes are indexed');
    const table = (await say('knowledge', 'embedder', '--help')).out;
    expect(table).toMatch(/^builtin {3}in Skein.*\nollama {4}a model.*\nopenai {4}OpenAI/m);
  });

  test('stands under `skein help COMMAND` too', async () => {
    expect((await say('help', 'show')).out).toBe((await say('show', '--help')).out);
  });

  test('fits a hundred columns', async () => {
    for (const { words } of all) {
      const { out } = await say(...words, '--help');
      // Examples are for copying and stand on one line each.
      const [text = ''] = out.split('Examples:');
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    }
  });

  test('shows an example of every command that uses only what there is', () => {
    const names = new Set(commands.map(({ name }) => name));
    const used = all.flatMap(({ command }) =>
      command.examples.flatMap(({ line }) =>
        [...line.matchAll(/(?:^|\(|\| )skein ([a-z]+)/g)].map(([, name]) => name),
      ),
    );
    expect(used.filter((name) => name !== undefined && !names.has(name))).toEqual([]);
  });
});

test('--version prints one line', async () => {
  expect(await say('--version')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^skein \d+\.\d+\.\d+\n$/),
  });
});

describe('wrong usage', () => {
  const wrong: [string[], RegExp][] = [
    [['stats'], /Unknown command 'stats' \(Did you mean status\?\)/],
    [['status', '--verbose'], /Unknown option '--verbose'/],
    [['status', 'extra'], /Too many arguments/],
    [['show'], /Missing required argument 'PATH\[@VERSION\]'/],
    [['restore', 'AGENTS.md'], /AGENTS\.md says no version to restore.*skein log AGENTS\.md/],
    [['log', '--limit', 'many'], /must be a whole number from 1/],
    [['log', '--limit', '0'], /must be a whole number from 1/],
    [['log', '--kind', 'renamed'], /Allowed choices are created, modified, deleted/],
    [['log', '--since', 'lately'], /must be a time such as/],
    [['diff', '-U', '-1'], /whole number|argument missing/i],
    [['serve', '--port', '65536'], /whole number from 0 to 65535/],
    [['config', 'get', 'colour'], /Allowed choices are track/],
    [['completion', 'powershell'], /Allowed choices are bash, zsh, fish/],
    [['--data'], /argument missing/],
  ];
  test.each(wrong)('%j ends with 2 and says what is wrong', async (args, message) => {
    const text = await say(...args);
    expect(text).toMatchObject({ code: 2, out: '' });
    expect(text.errors).toMatch(/^error: /);
    expect(text.errors.trim().split('\n')).toHaveLength(1);
    expect(text.errors).toMatch(message);
  });

  test.each(wrong)('%j under --json is a JSON error', async (args, message) => {
    const { code, out, errors } = await say('--json', ...args);
    expect({ code, errors }).toEqual({ code: 2, errors: '' });
    const { error } = JSON.parse(out);
    expect(error).toMatchObject({ code: 'bad-input', advice: expect.stringContaining('skein') });
    expect(`${error.message} ${error.advice}`).toMatch(message);
  });

  test('without a command shows the help, as an error', async () => {
    const { code, out, errors } = await say();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain('Usage: skein COMMAND');
    expect(JSON.parse((await say('--json')).out).error.message).toBe('No command was named.');
  });

  test('from a real process ends with the same code', async () => {
    const { spawn } = makePlace();
    expect(await spawn(['stats'])).toMatchObject({ code: 2, out: '' });
  });
});
