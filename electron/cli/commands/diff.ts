/** skein diff */
import { Buffer } from 'node:buffer';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { type FileOf, nameVersion, readSide } from '../contents.ts';
import type { Answer, Command, Context } from '../context.ts';
import { paintPatch } from '../paint-patch.ts';
import { writePatch } from '../patch.ts';
import { pathOf } from '../path-of.ts';
import { wholeNumber } from '../read-option.ts';
import { readRangeArgument } from '../version-argument.ts';
import { listAllPending } from './pending.ts';
import { versionHelp } from './show.ts';

const usualContext = 3;

export const diff: Command = {
  name: 'diff',
  summary: 'what changed, as a patch: everything pending, or versions of one file',
  details: `Without PATH: all that is pending. PATH alone: what its last change did. PATH@FROM: from that
version to the latest. PATH@FROM..TO: between two. PATH@..TO: what made that version.

${versionHelp}`,
  args: [{ name: 'PATH[@FROM[..TO]]', optional: true, summary: 'file, and which versions to compare' }],
  options: [
    {
      flags: '-U, --context <LINES>',
      summary: `lines around each change (default: ${usualContext})`,
      read: wholeNumber(0, 100_000),
    },
  ],
  examples: [
    { line: 'skein diff', what: 'everything since the last report' },
    { line: 'skein diff AGENTS.md', what: 'what the last change did' },
    { line: 'skein diff AGENTS.md@latest~3', what: 'all of the last three changes together' },
    { line: 'skein diff AGENTS.md@latest~1..latest | git apply -R', what: 'a patch for other tools' },
  ],
  async run(context, [typed], { context: given = usualContext }) {
    const lines = Number(given);
    return typed === undefined ? diffPending(context, lines) : diffFile(context, typed, lines);
  },
};

async function diffFile(context: Context, typed: string, lines: number): Promise<Result<Answer>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const range = readRangeArgument(typed);
  const file = { client, workspace: workspace.id, path: await pathOf(context, workspace, range.path) };
  const from = await nameVersion(file, range.from, context.style.nowMs);
  if (!from.ok) return from;
  const to = await nameVersion(file, range.to, context.style.nowMs);
  if (!to.ok) return to;
  const { path, workspace: id } = file;
  const answer = await client.call('getDiff', {
    workspace: id,
    path,
    from: from.value,
    to: to.value,
    context: lines,
  });
  if (!answer.ok) return answer;
  const patch = await patchOf(file, answer.value, lines);
  return patch.ok ? ok({ json: answer.value, write: writeAll([patch.value]) }) : patch;
}

type Sides = { from: ChangeJson | null; to: ChangeJson };

async function patchOf(file: FileOf, sides: Sides, context: number): Promise<Result<string>> {
  const from = await readSide(file, sides.from);
  if (!from.ok) return from;
  const to = await readSide(file, sides.to);
  if (!to.ok) return to;
  return ok(writePatch({ path: file.path, from: from.value, to: to.value, context }));
}

async function diffPending(context: Context, lines: number): Promise<Result<Answer>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const pending = await listAllPending(client, workspace.id);
  if (!pending.ok) return pending;
  const files: { file_path: string; from: ChangeJson | null; to: ChangeJson; patch: string }[] = [];
  for (const [path, changes] of Map.groupBy(pending.value.changes, (change) => change.file_path)) {
    const file = { client, workspace: workspace.id, path };
    const sides = await sidesOf(file, changes);
    if (!sides.ok) return sides;
    const patch = await patchOf(file, sides.value, lines);
    if (!patch.ok) return patch;
    files.push({ file_path: path, ...sides.value, patch: patch.value });
  }
  const asText = files.map((it) => ({ ...it, patch: Buffer.from(it.patch, 'latin1').toString('utf8') }));
  return ok({ json: { files: asText }, write: writeAll(files.map(({ patch }) => patch)) });
}

/** From what stood before the first pending change to what the last one left. */
async function sidesOf(file: FileOf, changes: readonly ChangeJson[]): Promise<Result<Sides>> {
  const { client, workspace, path } = file;
  const [first, last] = [changes.at(0), changes.at(-1)];
  const before = await client.call('getDiff', { workspace, path, to: first?.stamp, context: 0 });
  if (!before.ok) return before;
  return ok({ from: before.value.from, to: last ?? before.value.to });
}

/** The patches are Latin-1 text (see patch.ts), and leave as the bytes they stand for. */
const writeAll =
  (patches: readonly string[]): Answer['write'] =>
  ({ colors }) =>
    Buffer.from(paintPatch(patches.join(''), colors), 'latin1');
