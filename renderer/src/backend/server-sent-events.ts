/**
 * The text/event-stream format, as far as GET /api/events uses it. EventSource cannot send the
 * Authorization header, so we read the stream ourselves.
 */
export type StreamMessage = { event: string; data: string };

/** Splits what has arrived into whole messages and the rest that is still incomplete. */
export function readMessages(text: string): { messages: StreamMessage[]; rest: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  return { messages: blocks.map(readMessage).filter((message) => message.event !== ''), rest };
}

function readMessage(block: string): StreamMessage {
  let event = '';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  if (event === '' && data.length > 0) event = 'message';
  return { event, data: data.join('\n') };
}
