/** What `POST /knowledge_sync` answers (reference/000): a peer pulls what it lacks, or pushes what we lack. */
import type { IndexName } from '../../../../shared/domain/knowledge/index-exchange.ts';
import { err, ok, problem, type Result } from '../../../../shared/result.ts';
import type { IndexFile, IndexFolder, MessagePart, OutgoingMessage, Spooled } from './exchange-ports.ts';
import { type Received, receiveMessage } from './receive-message.ts';

type Held = { spooled: Spooled; name: IndexName };

/**
 * Nothing of a message that breaks off is taken: its files wait under names of ours until all of it is here.
 * Fails with bad-input, too-large, hostile-path or what the disk says. A file that cannot be taken stands in `refused`.
 */
export async function answerMessage(
  folder: IndexFolder,
  parts: AsyncIterable<MessagePart>,
): Promise<Result<OutgoingMessage>> {
  const held: Held[] = [];
  try {
    const received = await receiveMessage(
      folder,
      parts,
      async (spooled, name) => void held.push({ spooled, name }),
    );
    if (!received.ok) return received;
    if (received.value.action === 'pull') return await answerPull(folder, received.value);
    if (received.value.action === 'push') return await answerPush(folder, received.value, held);
    return err(unknownAction(received.value.action));
  } finally {
    for (const { spooled } of held) await folder.discard(spooled);
  }
}

async function answerPull(folder: IndexFolder, { known }: Received): Promise<Result<OutgoingMessage>> {
  const looked = await folder.look();
  if (!looked.ok) return looked;
  const files = [...looked.value.values()];
  const removed = [...known]
    .map(([path, md5]) => ({ path, md5 }))
    .filter(({ path, md5 }) => !looked.value.has(path) && folder.wasDeleted(path, md5));
  return ok({
    indexes: files.filter(({ path, md5 }) => known.get(path) !== md5),
    removed,
    inventory: files,
  });
}

async function answerPush(
  folder: IndexFolder,
  received: Received,
  held: Held[],
): Promise<Result<OutgoingMessage>> {
  const before = await folder.look();
  if (!before.ok) return before;
  const statistics = { applied: 0, unchanged: 0, removed: 0, refused: 0 };
  const refused = [...received.refused];
  for (const { spooled, name } of held) {
    const outcome = await place(folder, before.value, spooled, name);
    if (outcome.ok) statistics[outcome.value] += 1;
    else refused.push({ path: name.path, reason: outcome.error.message });
  }
  for (const [path, md5] of received.removed) {
    const removed = await folder.remove(path, md5);
    if (!removed.ok) refused.push({ path, reason: removed.error.message });
    else if (removed.value) statistics.removed += 1;
  }
  const after = await folder.look();
  if (!after.ok) return after;
  statistics.refused = refused.length;
  return ok({ statistics, refused, inventory: [...after.value.values()] });
}

/** Bytes that say another MD5 than they have are refused also where we have what they claim to be. */
async function place(
  folder: IndexFolder,
  ours: ReadonlyMap<string, IndexFile>,
  spooled: Spooled,
  name: IndexName,
): Promise<Result<'applied' | 'unchanged'>> {
  if (spooled.md5 === name.md5 && ours.get(name.path)?.md5 === name.md5) return ok('unchanged');
  const placed = await folder.placeVerified(spooled, name);
  return placed.ok ? ok('applied') : placed;
}

const unknownAction = (action: unknown) =>
  problem(
    'bad-input',
    'action',
    `${JSON.stringify(action) ?? 'Nothing'} is no action of /knowledge_sync.`,
    'Send {"action": "pull", "known": […]} or {"action": "push", "indexes": […], "removed": […]}.',
  );
