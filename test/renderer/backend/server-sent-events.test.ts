import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessages, type StreamMessage } from '../../../renderer/src/backend/server-sent-events.ts';

describe('reading an event stream', () => {
  it('reads whole messages and keeps the incomplete rest', () => {
    const { messages, rest } = readMessages('event: ping\ndata: {}\n\nevent: changed\nda');
    expect(messages).toEqual([{ event: 'ping', data: '{}' }]);
    expect(rest).toBe('event: changed\nda');
  });

  it('joins data lines, passes over comments, and takes windows line ends', () => {
    const { messages } = readMessages(': hello\n\ndata: a\r\ndata: b\r\n\r\n');
    expect(messages).toEqual([{ event: 'message', data: 'a\nb' }]);
  });

  it('reads the same however the stream is cut', () => {
    const whole = 'event: changed\ndata: {"topics":["status"]}\n\nevent: ping\ndata: {}\n\n';
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 6 }), (cuts) => {
        expect(readInPieces(whole, cuts)).toEqual(readMessages(whole).messages);
      }),
    );
  });
});

function readInPieces(whole: string, cuts: number[]): StreamMessage[] {
  const edges = [0, ...cuts, whole.length].sort((a, b) => a - b);
  const messages: StreamMessage[] = [];
  let held = '';
  for (const [index, edge] of edges.slice(1).entries()) {
    const read = readMessages(held + whole.slice(edges[index], edge));
    messages.push(...read.messages);
    held = read.rest;
  }
  return messages;
}
