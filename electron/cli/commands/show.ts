/** skein show */
import { ok } from '../../../shared/result.ts';
import { bytesOf, nameVersion } from '../contents.ts';
import type { Command } from '../context.ts';
import { pathOf } from '../path-of.ts';
import { readVersionArgument } from '../version-argument.ts';

export const versionHelp = `VERSION is \`latest\` (the default), \`latest~2\` (two before it), the first 6 digits or more of a
version that \`skein log\` lists or of a checksum, or \`{TIME}\`: what stood there then, for example
\`AGENTS.md@{2026-11-21T09:30}\` or \`AGENTS.md@{2h}\`. The last \`@\` counts: of a file that is itself
called \`note@latest\`, the newest version is \`note@latest@latest\`.`;

export const show: Command = {
  name: 'show',
  summary: 'a version of a file, byte for byte',
  details: versionHelp,
  args: [{ name: 'PATH[@VERSION]', summary: 'file, and which version of it' }],
  examples: [
    { line: 'skein show AGENTS.md', what: 'the newest recorded version' },
    { line: 'skein show AGENTS.md@latest~1 > before.md', what: 'save the one before it' },
    { line: 'skein show ROADMAP.md@{2026-11-20}', what: 'as it was at the end of that day' },
  ],
  async run(context, [typed = '']) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const argument = readVersionArgument(typed);
    const path = await pathOf(context, workspace, argument.path);
    const file = { client, workspace: workspace.id, path };
    const version = await nameVersion(file, argument.version, context.style.nowMs);
    if (!version.ok) return version;
    const answer = await client.call('getContent', { workspace: workspace.id, path, version: version.value });
    if (!answer.ok) return answer;
    return ok({ json: answer.value, write: () => bytesOf(answer.value) });
  },
};
