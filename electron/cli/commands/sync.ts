/** skein sync, skein pull */
import type { Output } from '../../../shared/contracts/app-api.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import { countOf } from '../change-columns.ts';
import type { Answer, Command, Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { findPeer, peerArgument } from '../find-peer.ts';
import type { Style } from '../style.ts';
import { plainText } from '../text-width.ts';

type SyncResult = Output<'syncPeers'>['results'][number];

const optionalPeer = { ...peerArgument, optional: true };

export const sync: Command = {
  name: 'sync',
  summary: 'exchange changes of this workspace with all paired devices, or one, now',
  details:
    'A running Skein does so by itself whenever something is new. Exits with 1 when a device is not reached.',
  args: [optionalPeer],
  examples: [
    { line: 'skein sync', what: 'with every device' },
    { line: 'skein sync ann', what: 'with one' },
  ],
  run: (context, [peer]) => exchange(context, peer, 'both'),
};

export const pull: Command = {
  name: 'pull',
  summary: 'take what paired devices have in this workspace now, and give nothing',
  args: [optionalPeer],
  examples: [{ line: 'skein pull ann', what: 'her changes, before you begin' }],
  run: (context, [peer]) => exchange(context, peer, 'take'),
};

async function exchange(
  context: Context,
  wanted: string | undefined,
  direction: 'both' | 'take',
): Promise<Result<Answer>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const peer = wanted === undefined ? ok(undefined) : await findPeer(client, wanted);
  if (!peer.ok) return peer;
  const answer = await client.call('syncPeers', {
    peer: peer.value?.id,
    workspace_id: workspace.workspace_id ?? undefined,
    direction,
  });
  if (!answer.ok) return answer;
  const { results } = answer.value;
  if (results.length === 1 && results[0]?.problem) return err(results[0].problem as Problem);
  const hasFailed = results.some(({ problem }) => problem !== null);
  return ok({
    json: answer.value,
    write: (style) => writeResults(results, style),
    exitCode: hasFailed ? exitCodes.failed : results.length === 0 ? exitCodes.nothing : exitCodes.ok,
  });
}

function writeResults(results: readonly SyncResult[], { colors }: Style): string {
  if (results.length === 0) return 'No paired device shares this workspace. Pair one with: skein pair';
  return results
    .map(({ name, pulled, pushed, problem }) =>
      problem === null
        ? `${plainText(name)}: took ${countOf(pulled, 'change')}, gave ${countOf(pushed, 'change')}`
        : `${plainText(name)}: ${colors.red('problem:')} ${plainText(`${problem.message} ${problem.advice}`)}`,
    )
    .join('\n');
}
