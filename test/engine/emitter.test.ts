/** Listeners that come, go and fail. */
import { expect, test } from 'vitest';
import { createEmitter } from '../../electron/engine/emitter.ts';

function setUp() {
  const errors: [string, unknown][] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (text: string, fields?: unknown) => void errors.push([text, fields]),
  };
  return { emitter: createEmitter(log), errors };
}

test('each event reaches the listeners of its name, in the order in which they came', () => {
  const { emitter } = setUp();
  const heard: string[] = [];
  emitter.on('files', () => heard.push('one'));
  emitter.on('settings', () => heard.push('wrong'));
  emitter.on('files', () => heard.push('two'));
  emitter.emit('files', {});
  expect(heard).toEqual(['one', 'two']);
});

test('a listener that throws is logged by name; the others hear the event', () => {
  const { emitter, errors } = setUp();
  const heard: string[] = [];
  emitter.on('files', () => {
    throw new Error('mine');
  });
  emitter.on('files', () => heard.push('fine'));
  emitter.emit('files', {});
  expect(heard).toEqual(['fine']);
  expect(errors).toEqual([['A listener of "files" failed', { failure: 'Error: mine' }]]);
});

test('who left hears no more, even when it leaves while it hears', () => {
  const { emitter } = setUp();
  const heard: string[] = [];
  const leave = emitter.on('files', () => {
    heard.push('once');
    leave();
  });
  const other = emitter.on('files', () => heard.push('other'));
  emitter.emit('files', {});
  emitter.emit('files', {});
  other();
  other();
  emitter.emit('files', {});
  expect(heard).toEqual(['once', 'other', 'other']);
});

test('an event that nobody waits for is no failure', () => {
  const { emitter, errors } = setUp();
  emitter.emit('settings', {});
  expect(errors).toEqual([]);
});
