import { expect, test } from 'vitest';
import { createSignInCodes } from '../../../electron/host/sign-in-codes.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

function someCodes() {
  const clock = createFakeClock();
  return { clock, codes: createSignInCodes(clock, createSeededRandom(1)) };
}

const outcomeOf = (codes: ReturnType<typeof createSignInCodes>, code: string): string => {
  const used = codes.use(code);
  return used.ok ? 'signed in' : used.error.code;
};

test('a code has 128 bits or more, and no two are alike', () => {
  const { codes } = someCodes();
  const made = Array.from({ length: 100 }, () => codes.create());
  expect(new Set(made).size).toBe(100);
  for (const code of made) expect(code).toMatch(/^[0-9a-f]{32,}$/);
});

test('a code signs in once', () => {
  const { codes } = someCodes();
  const [one, other] = [codes.create(), codes.create()];
  expect(outcomeOf(codes, one)).toBe('signed in');
  expect(outcomeOf(codes, one)).toBe('unauthorized');
  expect(outcomeOf(codes, other)).toBe('signed in');
});

test('a code counts until its time is over, whatever the wall clock says', async () => {
  const { clock, codes } = someCodes();
  const [one, other] = [codes.create(), codes.create()];
  await clock.advance(limits.signInCodeMs - 1);
  expect(outcomeOf(codes, one)).toBe('signed in');
  await clock.advance(1);
  clock.jump(-limits.signInCodeMs);
  expect(outcomeOf(codes, other)).toBe('unauthorized');
});

test('when too many wait the oldest gives way', () => {
  const { codes } = someCodes();
  const made = Array.from({ length: limits.signInCodes + 1 }, () => codes.create());
  expect(made.slice(1).map((code) => outcomeOf(codes, code))).toEqual(
    Array(limits.signInCodes).fill('signed in'),
  );
  expect(outcomeOf(codes, made[0]!)).toBe('unauthorized');
});

test('nothing but the very code is it', () => {
  const { codes } = someCodes();
  const code = codes.create();
  for (const wrong of ['', code.slice(1), `${code}0`, code.toUpperCase(), ` ${code}`])
    expect(outcomeOf(codes, wrong), wrong).toBe('unauthorized');
  expect(outcomeOf(codes, code)).toBe('signed in');
});

test('after too many wrong codes none is looked at for a while, and a right one is not used up', async () => {
  const { clock, codes } = someCodes();
  const code = codes.create();
  for (let guess = 0; guess < limits.wrongSignInCodes; guess += 1)
    expect(outcomeOf(codes, `guess ${guess}`)).toBe('unauthorized');
  expect(outcomeOf(codes, 'one more')).toBe('rate-limited');
  expect(outcomeOf(codes, code)).toBe('rate-limited');
  await clock.advance(limits.wrongSignInCodesMs);
  expect(outcomeOf(codes, code)).toBe('signed in');
});

test('however long somebody guesses, no more guesses are looked at than the limit says', async () => {
  const { clock, codes } = someCodes();
  const minutes = 10;
  let lookedAt = 0;
  for (let second = 0; second < minutes * 60; second += 1) {
    for (let guess = 0; guess < 5; guess += 1)
      if (outcomeOf(codes, `guess ${guess}`) === 'unauthorized') lookedAt += 1;
    await clock.advance(1_000);
  }
  expect(lookedAt).toBe((limits.wrongSignInCodes * minutes * 60_000) / limits.wrongSignInCodesMs);
});
