import { describe, expect, test } from 'vitest';
import { systemRandom } from '../../electron/adapters/system-random.ts';
import type { Random } from '../../electron/engine/ports.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

describe.each<[string, () => Random]>([
  ['system random', () => systemRandom],
  ['seeded random', () => createSeededRandom(7)],
])('%s', (_name, open) => {
  test('gives as many bytes as asked, none of them fixed', () => {
    const random = open();
    expect(random.bytes(0)).toHaveLength(0);
    const many = random.bytes(4_096);
    expect(many).toHaveLength(4_096);
    expect(new Set(many).size).toBe(256);
  });

  test('does not repeat itself', () => {
    const random = open();
    const ids = Array.from({ length: 200 }, () => random.bytes(8).join('.'));
    expect(new Set(ids).size).toBe(200);
  });
});

describe('seeded random only', () => {
  test('the same seed draws the same, another seed something else', () => {
    const draws = (seed: number) => [...createSeededRandom(seed).bytes(16)];
    expect(draws(42)).toEqual(draws(42));
    expect(draws(42)).not.toEqual(draws(43));
  });

  test('a fork depends on its name only, not on what was drawn before', () => {
    const early = createSeededRandom(1);
    const late = createSeededRandom(1);
    late.bytes(100);
    expect(late.fork('disk').next()).toBe(early.fork('disk').next());
    expect(early.fork('disk').next()).not.toBe(early.fork('agents').next());
  });

  test('chances come out near their probability', () => {
    const random = createSeededRandom('chances');
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.2)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(1_850);
    expect(hits).toBeLessThan(2_150);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  });
});
