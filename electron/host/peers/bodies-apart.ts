/**
 * Packed contents of a message beside its JSON. As base64 in the JSON they would be a third longer, packed once more for
 * the wire, and read several times as text: of a first meeting a tenth of what both sides do.
 */
import type { Body } from '../../../shared/contracts/peer-protocol.ts';
import { encodeUtf8 } from '../../../shared/domain/utf8.ts';
import { limits } from '../../../shared/limits.ts';

/** The messages in which contents travel. */
type Carrier = { changes?: readonly Item[]; contents?: readonly Item[] };
type Item = { body?: Body | null };
const lists = ['changes', 'contents'] as const;

/** The bytes of all packed contents of a message. */
export const countPacked = (message: unknown): number =>
  lists
    .flatMap((list) => bodiesIn(message, list))
    .reduce((sum, { data }) => sum + (data instanceof Uint8Array ? data.length : 0), 0);

/** The message as JSON can hold it: what `put` returns stands in the place of packed bytes. */
export function withPacked(message: unknown, put: (data: Uint8Array) => string | number): unknown {
  if (!isObject(message)) return message;
  const given = message as Carrier;
  const carrying = lists.filter((list) => Array.isArray(given[list]));
  if (carrying.length === 0) return message;
  const placed = carrying.map((list) => [list, given[list]?.map((item) => withPlaced(item, put))]);
  return { ...given, ...Object.fromEntries(placed) };
}

function withPlaced(item: Item, put: (data: Uint8Array) => string | number): unknown {
  const data = item?.body?.data;
  return data instanceof Uint8Array ? { ...item, body: { ...item.body, data: put(data) } } : item;
}

/** A message whose packed contents follow its head in their order; in the head their lengths stand for them. */
export function takeApart(message: unknown): { head: Uint8Array; pieces: Uint8Array[] } {
  const pieces: Uint8Array[] = [];
  const head = withPacked(message, (data) => {
    pieces.push(data);
    return data.length;
  });
  return { head: encodeUtf8(JSON.stringify(head)), pieces };
}

/**
 * Gives the contents back to a head as it came, before anybody checked it: whatever else stands there stays as it is.
 * Throws RangeError unless the lengths are those of the pieces, and for more contents than any message may hold.
 */
export function putTogether(head: unknown, pieces: Uint8Array): unknown {
  let at = 0;
  const bodies = lists.flatMap((list) => bodiesIn(head, list));
  if (bodies.length > lists.length * limits.pageRowsSent) throw new RangeError('it holds too many contents');
  for (const body of bodies) {
    if (typeof body.data !== 'number') continue;
    const end = at + body.data;
    if (!(Number.isSafeInteger(body.data) && body.data >= 0 && end <= pieces.length))
      throw new RangeError('a content is longer than the message');
    body.data = pieces.subarray(at, end);
    at = end;
  }
  if (at !== pieces.length) throw new RangeError('something follows the contents');
  return head;
}

function bodiesIn(head: unknown, list: (typeof lists)[number]): { data: unknown }[] {
  const items = isObject(head) ? head[list] : undefined;
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) =>
    isObject(item) && isObject(item.body) && 'data' in item.body ? [item.body] : [],
  ) as {
    data: unknown;
  }[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
