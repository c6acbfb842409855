/** skein restore */
import type { Output } from '../../../shared/contracts/app-api.ts';
import { shellWord } from '../../../shared/domain/shell-word.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { callerAgent } from '../caller-agent.ts';
import { pathText, shortStamp } from '../change-columns.ts';
import { nameVersion } from '../contents.ts';
import type { Command } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { pathOf } from '../path-of.ts';
import type { Style } from '../style.ts';
import { readVersionArgument } from '../version-argument.ts';
import { versionHelp } from './show.ts';

export const restore: Command = {
  name: 'restore',
  summary: 'put a version of a file back, as a new change that can itself be undone',
  details: `Exits with 3 when the file already is that version.

${versionHelp}`,
  args: [{ name: 'PATH@VERSION', summary: 'file, and which version of it' }],
  options: [
    { flags: '--agent <NAME>', summary: 'who restores (default: SKEIN_AGENT, the calling agent, or human)' },
  ],
  examples: [
    { line: 'skein restore AGENTS.md@latest~1', what: 'undo the last change of a file' },
    { line: 'skein restore docs/passation.md@{2026-11-20}', what: 'as it was at the end of that day' },
  ],
  async run(context, [typed = ''], { agent }) {
    const argument = readVersionArgument(typed);
    if (argument.version === undefined) return err(versionMissing(typed));
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const path = await pathOf(context, workspace, argument.path);
    const version = await nameVersion(
      { client, workspace: workspace.id, path },
      argument.version,
      context.style.nowMs,
    );
    if (!version.ok) return version;
    const answer = await client.call('restore', {
      workspace: workspace.id,
      path,
      version: version.value ?? argument.version,
      agent: typeof agent === 'string' ? agent : callerAgent(context.env),
    });
    if (!answer.ok) return answer;
    return ok({
      json: answer.value,
      write: (style) => writeOutcome(argument.path, answer.value, style),
      exitCode: answer.value.unchanged ? exitCodes.nothing : exitCodes.ok,
    });
  },
};

function writeOutcome(typed: string, { change }: Output<'restore'>, { colors }: Style): string {
  const file = pathText(typed);
  if (change === null) return `${file} already is that version.`;
  const version = colors.magenta(shortStamp(change.stamp));
  const undo = `skein restore ${shellWord(`${typed}@latest~1`)}`;
  return `Restored ${file}, as version ${version}; \`${undo}\` takes that back.`;
}

const versionMissing = (typed: string) =>
  problem(
    'bad-input',
    typed,
    `${typed} says no version to restore.`,
    `List them with \`skein log ${shellWord(typed)}\`, then name one: \`skein restore ${shellWord(`${typed}@latest~1`)}\`.`,
  );
