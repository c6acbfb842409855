import { expect, test } from 'vitest';
import { TypedQuestion } from '../../../renderer/src/search/typed-question.svelte.ts';
import { ManualTimers } from '../manual-timers.ts';

function aField() {
  const timers = new ManualTimers();
  const asked: string[] = [];
  const field = new TypedQuestion({ after: timers.after, ask: (text) => void asked.push(text) });
  return { timers, asked, field };
}

test('letters are asked together, a moment after the last one', async () => {
  const { timers, asked, field } = aField();
  for (const text of ['t', 'ti', 'tid']) {
    field.type(text);
    await timers.pass(100);
  }
  expect(asked).toEqual([]);
  await timers.pass(20);
  expect(asked).toEqual(['tid']);
});

test('Enter asks at once, and once', async () => {
  const { timers, asked, field } = aField();
  field.type('tide');
  field.askNow();
  field.askNow();
  await timers.pass(1_000);
  expect(asked).toEqual(['tide']);
});

test('what was taken back before it was asked is not asked', async () => {
  const { timers, asked, field } = aField();
  field.follow('tide');
  field.type('tides');
  field.type('tide');
  await timers.pass(1_000);
  expect(asked).toEqual([]);
});

test('our own address is no news for the field: letters came since', async () => {
  const { timers, field, asked } = aField();
  field.type('ti');
  await timers.pass(120);
  field.type('tide');
  field.follow('ti');
  expect(field.text).toBe('tide');
  await timers.pass(120);
  expect(asked).toEqual(['ti', 'tide']);
});

test('another address fills the field, and what was typed is forgotten', async () => {
  const { timers, field, asked } = aField();
  field.follow('tide');
  expect(field.text).toBe('tide');
  field.type('tide table');
  field.follow('case');
  await timers.pass(1_000);
  expect(field.text).toBe('case');
  expect(asked).toEqual([]);
});

test('nothing is asked after the field is gone', async () => {
  const { timers, field, asked } = aField();
  field.type('tide');
  field.stop();
  await timers.pass(1_000);
  expect(asked).toEqual([]);
  expect(timers.waiting).toBe(0);
});
