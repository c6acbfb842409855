/** Contents by hash, as many as fit one message; what is left out is asked for again. */
import type { Contents } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import type { LinkRights } from '../../engine/replicate/link.ts';
import type { PeerSide } from '../../engine/replication.ts';

export function readContents(
  peerSide: Pick<PeerSide, 'contents'>,
  hashes: readonly string[],
  rights: LinkRights,
): Contents {
  const contents: Contents['contents'] = [];
  let size = 0;
  for (const hash of hashes) {
    contents.push(...peerSide.contents([hash], rights).contents);
    size += contents.at(-1)?.body?.data.length ?? 0;
    if (size > limits.pageBytes) break;
  }
  return { contents };
}
