/** Notes and their outbox in memory; the outbox may repeat, lose and mix up what it says, as a careless one would. */

import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { NoteEvent, NoteSource, NoteState } from '../../electron/engine/knowledge/knowledge-ports.ts';
import { encodeUtf8 } from '../../shared/domain/utf8.ts';

export type FakeNotes = NoteSource & {
  write(note: string, text: string): void;
  writeBytes(note: string, bytes: Uint8Array): void;
  delete(note: string): void;
  /** What `eventsAfter` makes of the true events from now on. */
  spoil(how: (events: NoteEvent[]) => NoteEvent[]): void;
  /** Another outbox stands in the place of this one: its events have other names. */
  rename(name: string): void;
};

export function createFakeNotes(): FakeNotes {
  const events: NoteEvent[] = [];
  const stateByNote = new Map<string, NoteState>();
  const bytesByContent = new Map<string, Uint8Array>();
  let spoil = (it: NoteEvent[]): NoteEvent[] => it;
  let name = 'outbox';

  function record(note: string, content: string | null): void {
    const before = stateByNote.get(note);
    const position = events.length + 1;
    events.push({ position, note, type: typeOf(before, content), atMs: position });
    stateByNote.set(note, { note, position, content });
  }

  function writeBytes(note: string, bytes: Uint8Array): void {
    const content = nodeCodec.sha256(bytes);
    bytesByContent.set(content, bytes);
    record(note, content);
  }

  return {
    write: (note, text) => writeBytes(note, encodeUtf8(text)),
    writeBytes,
    delete: (note) => record(note, null),
    spoil: (how) => {
      spoil = how;
    },
    rename: (it) => {
      name = it;
    },
    eventsAfter: async (position, atMost) =>
      spoil(events.filter((it) => it.position > position)).slice(0, atMost),
    states: async () => [...stateByNote.values()],
    state: async (note) => stateByNote.get(note),
    bytes: async (content) => bytesByContent.get(content),
    nameOf: async (position) => (position <= events.length ? `${name} ${position}` : undefined),
  };
}

function typeOf(before: NoteState | undefined, content: string | null): NoteEvent['type'] {
  if (content === null) return 'NoteDeleted';
  if (before === undefined) return 'NoteCreated';
  return before.content === null ? 'NoteRestored' : 'NoteUpdated';
}
