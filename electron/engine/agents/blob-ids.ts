/** The ids that git may have given to a content of the log. */
import { limits } from '../../../shared/limits.ts';
import type { ContentWork } from '../log/content-work.ts';

/** As it is, and with line ends as git stores them; none when the content is unknown or was collected. */
export type BlobIds = (content: string) => Promise<readonly string[]>;

/** Remembers them: a journal has hundreds of versions, and all of them are compared whenever git is asked. */
export function createBlobIds(work: ContentWork): BlobIds {
  const idsByContent = new Map<string, readonly string[]>();

  function remember(content: string, ids: readonly string[]): void {
    idsByContent.set(content, ids);
    const [oldest] = idsByContent.keys();
    if (idsByContent.size > limits.rememberedBlobIds && oldest !== undefined) idsByContent.delete(oldest);
  }

  return async (content) => {
    const known = idsByContent.get(content);
    if (known !== undefined) return known;
    const bytes = await work.read(content);
    if (bytes === undefined) return [];
    const ids = await blobIdsOf(work, bytes);
    remember(content, ids);
    return ids;
  };
}

/** As `BlobIds`, of bytes that the log may not hold. */
export async function blobIdsOf(
  work: Pick<ContentWork, 'gitBlobId'>,
  bytes: Uint8Array,
): Promise<readonly string[]> {
  const stored = bytes.includes(carriageReturn) ? [bytes, withoutCarriageReturns(bytes)] : [bytes];
  const ids: string[] = [];
  for (const it of stored) ids.push(await work.gitBlobId(it));
  return ids;
}

const carriageReturn = 13;
const newline = 10;

/** A plain loop: with a callback for each byte a large file would hold the event loop. */
function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte !== carriageReturn || bytes[index + 1] !== newline) kept[length++] = byte;
  }
  return kept.subarray(0, length);
}
