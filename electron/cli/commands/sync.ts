/** skein sync, skein pull */
import type { Output } from '../../../shared/contracts/app-api.ts';
import type { Client } from '../../../shared/contracts/client.ts';
import type { PeerJson } from '../../../shared/contracts/peer-shapes.ts';
import { shellWord } from '../../../shared/domain/shell-word.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import { countOf } from '../change-columns.ts';
import type { Answer, Command, Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { findPeer, peerArgument } from '../find-peer.ts';
import type { Style } from '../style.ts';
import { plainText } from '../text-width.ts';
import { workspaceNotReady } from '../workspace-not-ready.ts';

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
  if (workspace.workspace_id === null) return err(workspaceNotReady(workspace));
  const peer = wanted === undefined ? ok(undefined) : await findPeer(client, wanted);
  if (!peer.ok) return peer;
  const asked = { peer: peer.value?.id, workspace_id: workspace.workspace_id, direction };
  const answer = await client.call('syncPeers', asked);
  if (!answer.ok) return answer;
  const { results } = answer.value;
  if (results.length === 1 && results[0]?.problem) return err(results[0].problem as Problem);
  const hasFailed = results.some(({ problem }) => problem !== null);
  const nobody = results.length === 0 ? await nobodyWords(client, peer.value, workspace.name) : '';
  return ok({
    json: answer.value,
    write: (style) => nobody || results.map((result) => writeResult(result, direction, style)).join('\n'),
    exitCode: hasFailed ? exitCodes.failed : results.length === 0 ? exitCodes.nothing : exitCodes.ok,
  });
}

/** Why nobody was asked, and what to do about it. */
async function nobodyWords(client: Client, peer: PeerJson | undefined, name: string): Promise<string> {
  const known = await client.call('listPeers', {});
  const who = peer ?? (known.ok ? known.value.peers[0] : undefined);
  if (who === undefined) return 'No device is paired. Pair one with: skein pair';
  const whose =
    peer === undefined ? 'shared with no paired device' : `not shared with ${plainText(peer.name)}`;
  return `${plainText(name)} is ${whose}. Share it with: skein peers share ${shellWord(who.name)}`;
}

function writeResult(result: SyncResult, direction: 'both' | 'take', { colors }: Style): string {
  const { name, pulled, pushed, conflicts, problem } = result;
  if (problem !== null)
    return `${plainText(name)}: ${colors.red('problem:')} ${plainText(`${problem.message} ${problem.advice}`)}`;
  const gave = direction === 'both' ? `, gave ${countOf(pushed, 'change')}` : '';
  const left = conflicts === 0 ? '' : `; ${countOf(conflicts, 'conflict')} to decide: skein conflicts`;
  return `${plainText(name)}: took ${countOf(pulled, 'change')}${gave}${left}`;
}
